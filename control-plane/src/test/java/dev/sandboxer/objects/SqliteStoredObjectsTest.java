package dev.sandboxer.objects;

import dev.sandboxer.testing.SqliteFile;
import dev.sandboxer.testing.TestDatabase;
import java.nio.file.Path;

class SqliteStoredObjectsTest extends StoredObjectsContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
