"""One statement on an SQLite file, as another program would run it.

Usage: sqlite_query.py FILE STATEMENT [PARAMETERS as a JSON list]

Prints the rows as a JSON list of objects; bytes as {"hex": …}. Changes are committed.
"""

import json
import sqlite3
import sys


def plain(value):
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def main() -> None:
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    parameters = json.loads(sys.argv[3]) if len(sys.argv) == 4 else []
    connection = sqlite3.connect(sys.argv[1], timeout=20)
    connection.row_factory = sqlite3.Row
    with connection:
        rows = connection.execute(sys.argv[2], parameters).fetchall()
    connection.close()
    json.dump([{name: plain(row[name]) for name in row.keys()} for row in rows], sys.stdout)


if __name__ == "__main__":
    main()
