import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createStack } from './createStack.ts';

/** The properties of a resource, as CloudFormation gets them. */
type Properties = Readonly<Record<string, unknown>>;

/** A synthesised template, made readable. */
export type Deployment = {
  readonly template: Template;
  /** What the stack tells people, by name. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** All resources of a type, each with references replaced by names. */
  all(type: string): readonly Properties[];
  /** The one resource of a type that has this property. */
  one(type: string, property: string, value: string): Properties;
  /** The resource that a readable text refers to. */
  referred(text: unknown): Properties;
};

/** Synthesises the stack with context values as `-c` gives them. */
export function deploymentWith(context: Readonly<Record<string, string>> = {}): Deployment {
  const template = Template.fromStack(createStack(new App({ context })));
  const { Resources, Outputs } = template.toJSON() as TemplateJson;
  const names = new Map(Object.entries(Resources).map(([id, resource]) => [id, nameOf(id, resource)]));
  const propertiesOf = ({ Properties = {} }: Resource) => readable(Properties, names) as Properties;
  const all = (type: string) =>
    Object.values(Resources)
      .filter((resource) => resource.Type === type)
      .map(propertiesOf);
  return {
    template,
    outputs: Object.fromEntries(
      Object.entries(Outputs).map(([name, { Value }]) => [name, readable(Value, names)]),
    ),
    all,
    one(type, property, value) {
      const found = all(type).filter((candidate) => candidate[property] === value);
      const [only] = found;
      if (only && found.length === 1) return only;
      throw new Error(`${found.length} resources of ${type} have ${property} ${value}`);
    },
    referred(text) {
      const name = /<(.*?)>/.exec(String(text))?.[1];
      const [id] = [...names].find(([, candidate]) => candidate === name) ?? [];
      const resource = id === undefined ? undefined : Resources[id];
      if (resource) return propertiesOf(resource);
      throw new Error(`${text} refers to no resource`);
    },
  };
}

type TemplateJson = {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
};

type Resource = { readonly Type: string; readonly Properties?: Properties };

/** What people call a resource: the name it is given, or else the id it has in the template. */
function nameOf(id: string, { Type, Properties = {} }: Resource): string {
  if (Type === 'AWS::ApiGatewayV2::Api') return 'api';
  if (Type === 'AWS::Cognito::UserPool') return `${Properties.UserPoolName} users`;
  if (Type === 'AWS::Cognito::UserPoolClient') return `${Properties.ClientName} client`;
  if (Type === 'AWS::Events::Rule') return `${Properties.Name} rule`;
  if (Type === 'AWS::SQS::Queue') return String(Properties.QueueName);
  return String(Properties.FunctionName ?? Properties.TableName ?? Properties.LogGroupName ?? id);
}

/** Replaces what refers to other resources, or puts texts together, by the text that it will be, names in <>. */
function readable(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => readable(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, readable(item, names)] as const);
  const [[key, item] = ['', undefined]] = entries;
  if (entries.length !== 1) return Object.fromEntries(entries);
  if (key === 'Ref') return `<${names.get(String(item)) ?? item}>`;
  if (key === 'Fn::GetAtt' && Array.isArray(item)) return `<${names.get(item[0]) ?? item[0]} ${item[1]}>`;
  if (key === 'Fn::Join' && Array.isArray(item)) return item[1].join(item[0]);
  return { [key]: item };
}
