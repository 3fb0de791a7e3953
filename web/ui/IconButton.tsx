import type { LucideIcon } from 'lucide-preact';

/** A button that is an icon, with its name and shortcut in a tooltip; or with its name as a text. */
export type IconButtonProps = {
  readonly icon: LucideIcon;
  /** Its accessible name. */
  readonly label: string;
  readonly onClick: () => void;
  /** Whether it is pressed, for buttons that keep their name in both states. */
  readonly pressed?: boolean;
  /** A key that does the same. */
  readonly shortcut?: string;
  readonly tone?: 'plain' | 'off' | 'active' | 'danger';
  /** What more there is to know, for everyone: shown as a badge, read as a description. */
  readonly badge?: { readonly text: string; readonly description: string } | undefined;
  readonly text?: string;
  readonly disabled?: boolean;
};

export function IconButton(props: IconButtonProps) {
  const { icon: Icon, label, onClick, pressed, shortcut, tone = 'plain', badge, text, disabled } = props;
  const badgeId = badge && `badge-${label.replace(/\W+/g, '-')}`;
  return (
    <button
      type="button"
      class={`icon-button tone-${tone}`}
      onClick={onClick}
      disabled={disabled}
      aria-label={label}
      aria-pressed={pressed}
      aria-describedby={badgeId}
      aria-keyshortcuts={shortcut}
    >
      <Icon size={20} aria-hidden="true" />
      {text && <span class="icon-button-text">{text}</span>}
      {badge && <span class="badge" data-text={badge.text} aria-hidden="true" />}
      {badge && (
        <span id={badgeId} class="sr-only">
          {badge.description}
        </span>
      )}
      {!text && (
        <span class="tooltip" aria-hidden="true">
          {label}
          {shortcut && <kbd>{shortcut}</kbd>}
        </span>
      )}
    </button>
  );
}
