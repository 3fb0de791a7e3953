# Executes commands of the AWS CLI as processes that have its modules and what it knows of services already: nearly all
# of a short command's time goes into those. Each command is a fork of its own, with the arguments, environment, working
# folder and streams of whoever calls it (call.py). Only the CLI's configuration files are read before, once for all
# commands. Ends when its standard input does.
#
#   python serve.py SOCKET        a python that has the AWS CLI
#
# With AWS_RECORD in a command's environment, a line of JSON about it is appended to that file; and of the commands in
# AWS_DEVIATIONS, those that the emulator is known not to have pass, with a stand-in for their output.
import gc
import json
import os
import select
import socket
import sys
import tempfile

import awscli.clidriver
from awscli.customizations import overridesslcommonname

# What tests ask of AWS; of any other service all is read when a command asks.
SERVICES = {"apigatewayv2", "cognito-idp", "dynamodb", "events", "iam", "lambda", "logs", "s3", "sqs", "sts"}


def prepare():
    """The CLI, with the data read that it keeps as long as it runs."""
    # Version 1 goes to older addresses of SQS, whatever AWS_ENDPOINT_URL says; version 2 doesn't.
    overridesslcommonname.SSL_COMMON_NAMES.clear()
    driver = awscli.clidriver.create_clidriver()
    loader = driver.session.get_component("data_loader")
    for name in ["cli", "endpoints", "partitions", "_retry", "sdk-default-configuration"]:
        loader.load_data(name)
    for kind in ["service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"]:
        for service in SERVICES.intersection(loader.list_available_services(kind)):
            loader.load_service_model(service, kind)
    return driver


def serve(path):
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(64)
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([listening, 0], [], [])
        if 0 in readable:
            return
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            answer(connection)
            os._exit(0)
        connection.close()
        while reap():
            pass


def reap():
    """Whether there was a process that had ended."""
    try:
        return os.waitpid(-1, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return False


def answer(connection):
    """Executes the command that a connection brings, and tells its exit status as a shell would."""
    folder, arguments, variables, streams = receive(connection)
    record = variables.get("AWS_RECORD")
    if record is None:
        status = execute(folder, arguments, variables, streams)
    else:
        deviations = json.loads(variables["AWS_DEVIATIONS"])
        status = execute_recorded(folder, arguments, variables, streams, record, deviations)
    connection.sendall(bytes([status]))


def receive(connection):
    head, streams, _, _ = socket.recv_fds(connection, 8, 3)
    remaining = int.from_bytes(head, "big")
    parts = []
    while remaining > 0:
        parts.append(connection.recv(remaining))
        remaining -= len(parts[-1])
    folder, count, *rest = map(os.fsdecode, b"".join(parts).split(b"\0"))
    arguments, assignments = rest[: int(count)], rest[int(count) :]
    return folder, arguments, dict(variable.split("=", 1) for variable in assignments), streams


def execute(folder, arguments, variables, streams):
    process = os.fork()
    if process != 0:
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        return status if status >= 0 else 128 - status
    # The CLI's package writes there, when it is imported, where its data is.
    data_path = os.environ["AWS_DATA_PATH"]
    os.environ.clear()
    os.environ.update({"AWS_DATA_PATH": data_path, **variables})
    os.chdir(folder)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.argv = ["aws", *arguments]
    # An exception goes to the top and out, as from any process.
    status = driver.main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Past the interpreter's taking itself apart, which would be half of what a command costs.
    os._exit(status)


def execute_recorded(folder, arguments, variables, streams, record, deviations):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        status = execute(folder, arguments, variables, [streams[0], out.fileno(), errors.fileno()])
        out.seek(0)
        errors.seek(0)
        stdout, stderr = out.read().decode(), errors.read().decode()
    command = " ".join(arguments[: 3 if arguments[1:2] == ["wait"] else 2])
    deviation = next((known for known in deviations if known["command"] == command), None)
    deviates = deviation is not None and status != 0 and deviation["error"] in stderr
    line = {"command": command, "args": arguments, "status": status, "stdout": stdout, "deviates": deviates}
    with open(record, "a") as file:
        file.write(json.dumps(line) + "\n")
    write(streams[2], stderr)
    write(streams[1], deviation["standIn"] if deviates else stdout)
    return 0 if deviates else status


def write(stream, text):
    with open(stream, "wb", closefd=False) as file:
        file.write(text.encode())


driver = prepare()
# What is there from the beginning is for all: nobody shall look for garbage in it, and so copy it.
gc.collect()
gc.freeze()
serve(sys.argv[1])
