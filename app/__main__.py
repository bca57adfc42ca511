"""`dxi`, and `python -m app`: the command, with the garbage collector at rest while it is loaded."""

import gc
import sys

# So many objects are made before the new ones are looked at. An answered request leaves no garbage in circles
# (tests/web/test_garbage.py), and to look after every 700 is up to a fifteenth of what a first read costs.
YOUNG = 10_000


def main() -> int:
    # Loading makes a hundred thousand objects and no garbage: to go through them again and again takes a fifth of a
    # start. What is there afterwards stays as long as the process does, so that it is never gone through again.
    gc.disable()
    from app.cli import main as command

    gc.freeze()
    gc.set_threshold(YOUNG)
    gc.enable()
    return command()


if __name__ == "__main__":
    sys.exit(main())
