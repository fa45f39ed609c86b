"""Runs a command that may not use Unix sockets, as agents' sandboxes do it: deny-unix-sockets.py COMMAND ARG...

A seccomp filter (Linux, x86-64 and arm64) makes socket(AF_UNIX, ...) fail with EPERM. It holds for everything the
command starts. Pairs of sockets, which programs use for the pipes to their children, still work.
"""
import ctypes
import os
import platform
import struct
import sys

SYS_SOCKET = {"x86_64": 41, "aarch64": 198}[platform.machine()]
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[platform.machine()]
AF_UNIX = 1
EPERM = 1

LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
# Of struct seccomp_data: number of the call, architecture, first argument.
NR, ARCH, ARG0 = 0, 4, 16

program = [
    (LOAD, 0, 0, ARCH),
    (JUMP_IF_EQUAL, 0, 4, AUDIT_ARCH),
    (LOAD, 0, 0, NR),
    (JUMP_IF_EQUAL, 0, 2, SYS_SOCKET),
    (LOAD, 0, 0, ARG0),
    (JUMP_IF_EQUAL, 1, 0, AF_UNIX),
    (RETURN, 0, 0, ALLOW),
    (RETURN, 0, 0, ERRNO | EPERM),
]
code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)


class SockFprog(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
libc = ctypes.CDLL(None, use_errno=True)
prog = SockFprog(len(program), code)
for arguments in (
    (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(prog), 0, 0),
):
    if libc.prctl(*arguments) != 0:
        sys.exit(f"the kernel takes no seccomp filter: {os.strerror(ctypes.get_errno())}")

os.execvp(sys.argv[1], sys.argv[1:])
