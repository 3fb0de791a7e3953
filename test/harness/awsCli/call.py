# Stands in the place of `aws`: has serve.py execute the command, and ends as the command ends.
#
#   python -IS call.py SOCKET ARGUMENT…
#
# It imports as little as it can, for what it saves is an interpreter's coming up.
import os
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET, socket

path, *arguments = map(os.fsencode, sys.argv[1:])
variables = [name + b"=" + value for name, value in os.environb.items()]
request = b"\0".join([os.getcwdb(), b"%d" % len(arguments), *arguments, *variables])
streams = b"".join(stream.to_bytes(4, sys.byteorder) for stream in (0, 1, 2))

server = socket(AF_UNIX, SOCK_STREAM)
server.connect(path)
server.sendmsg([len(request).to_bytes(8, "big")], [(SOL_SOCKET, SCM_RIGHTS, streams)])
server.sendall(request)
status = server.recv(1)
if not status:
    sys.exit("the command has no outcome: what executes it has died")
os._exit(status[0])
