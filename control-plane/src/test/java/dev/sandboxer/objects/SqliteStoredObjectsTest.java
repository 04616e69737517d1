package dev.sandboxer.objects;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteStoredObjectsTest extends StoredObjectsContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
