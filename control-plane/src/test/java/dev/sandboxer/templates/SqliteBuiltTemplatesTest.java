package dev.sandboxer.templates;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteBuiltTemplatesTest extends BuiltTemplatesContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
