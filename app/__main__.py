"""`dxi`, and `python -m app`: the command, with the garbage collector at rest while it is loaded."""

import gc
import sys


def main() -> int:
    # Loading makes a hundred thousand objects and no garbage: to go through them again and again takes a fifth of a
    # start. What is there afterwards stays as long as the process does, so that it is never gone through again.
    gc.disable()
    from app.cli import main as command

    gc.freeze()
    gc.enable()
    return command()


if __name__ == "__main__":
    sys.exit(main())
