"""`python -m hubctl`, and the entry of the command `hubctl`."""

from hubctl.app import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
