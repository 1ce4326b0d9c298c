"""The one exception of reading: a file that cannot be taken as a whole, said so that its sender can mend it."""


class FileRefused(ValueError):
    """`code` is a word for programs (`empty`, `no_header` ...), the message is for the person who sent the file."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message
