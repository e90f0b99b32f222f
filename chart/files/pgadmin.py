# Settings of pgAdmin beyond its own; it writes this file itself only where it is empty.
LOG_FILE = "/dev/null"
HELP_PATH = "../../docs"
UPGRADE_CHECK_ENABLED = False
DEFAULT_BINARY_PATHS = {
    "pg": "/usr/local/pgsql-18",
    "pg-18": "/usr/local/pgsql-18",
    "pg-17": "/usr/local/pgsql-17",
    "pg-16": "/usr/local/pgsql-16",
    "pg-15": "/usr/local/pgsql-15",
}
