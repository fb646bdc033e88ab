"""`python -m hubctl`, and the entry of the command `hubctl`."""

from hubctl.app import app


def main() -> None:
    """Do what the command line asks."""
    app()


if __name__ == "__main__":
    main()
