package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.IoErrorText;
import dev.sandboxer.config.Home;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.SqliteDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** Copies the irreplaceable files of a home that may be in use. The copy is a home itself. */
public final class BackupCommand extends Command {
    private static final String DATABASE_URL = "SANDBOXER_DATABASE_URL";
    private static final String MASTER_KEY_FILE = "SANDBOXER_MASTER_KEY_FILE";

    private static final String MASTER_KEY = "master-key.json";

    /** Files to copy besides the database. Sandboxes of this host, their disks and snapshots are not copied. */
    private static final List<String> FILES =
            List.of("config.yaml", "rates.yaml", MASTER_KEY, "fingerprint.key", "token.key", "host.id", "extensions");

    private final Supplier<String> directory =
            syntax.argument("DIR", "Directory to create. Keep it secret: it contains the master key.");

    public BackupCommand(Context context) {
        super(context, "Copy the home's database, keys and settings to a new directory. The home may be in use.");
        syntax.footer(
                "The copy is a home. To restore it, put it in place of the old home, which must never be used again.");
    }

    @Override
    public Integer call() {
        var target = Path.of(directory.get()).toAbsolutePath();
        var home = installation.home();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw refused(target + " already exists; name a directory that does not exist");
        }
        try {
            // readable only by its owner; it gets its name when it is complete
            var draft = Files.createTempDirectory(target.getParent(), ".sandboxer-backup");
            try {
                for (String name : FILES) {
                    copy(home.resolve(name), draft.resolve(name));
                }
                copyDatabase(home, draft);
                requireSame(home.resolve(MASTER_KEY), draft.resolve(MASTER_KEY));
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(draft);
            }
        } catch (IOException e) {
            throw refused("the backup could not be written: " + IoErrorText.text(e));
        }
        console.print(target.toString());
        return 0;
    }

    private void copyDatabase(Home home, Path draft) {
        var environment = installation.environment();
        if (!environment.getOrDefault(DATABASE_URL, "").isEmpty()) {
            console.note(
                    "the database is not in the backup; back it up with pg_dump: " + installation.databaseLocation());
        } else if (!Files.exists(home.database())) {
            throw refused(
                    "there is no database in " + home.directory() + "; set SANDBOXER_HOME to the home to back up");
        } else {
            SqliteDatabase.copy(home.database(), draft.resolve(home.database().getFileName()));
        }
        if (!environment.getOrDefault(MASTER_KEY_FILE, "").isEmpty()) {
            console.note("the master key is not in the backup; also back up " + environment.get(MASTER_KEY_FILE));
        }
    }

    /** Fails if the master key has changed since it was copied: the copy might not open the credentials in the copied database. */
    private static void requireSame(Path file, Path copy) throws IOException {
        if (Files.exists(file) && !(Files.exists(copy) && Files.mismatch(file, copy) < 0)) {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "the master key was changed during the backup, so nothing was kept; run it again");
        }
    }

    /** Copies a file, or a directory with files, if it exists. */
    private static void copy(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            Files.createDirectory(to);
            try (var entries = Files.newDirectoryStream(from, Files::isRegularFile)) {
                for (Path entry : entries) {
                    copy(entry, to.resolve(entry.getFileName()));
                }
            }
        } else if (Files.exists(from)) {
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    /** Deletes a draft that did not become the backup. */
    private static void delete(Path draft) throws IOException {
        if (Files.exists(draft)) {
            try (var files = Files.walk(draft)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static SandboxException refused(String message) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
