from enum import IntFlag


class Fault(IntFlag):
    MISSING = 1
