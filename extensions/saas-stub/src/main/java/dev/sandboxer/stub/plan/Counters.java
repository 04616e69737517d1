package dev.sandboxer.stub.plan;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Counts the calls that each rule of each plan has matched and struck, in files that all processes share. A plan with a
 * changed text starts from zero. Thread-safe.
 */
public final class Counters {
    private static final int NAME_LENGTH = 32;

    private final Path directory;
    private final DirectoryLock lock;

    public Counters(Path directory) {
        this.directory = directory;
        this.lock = new DirectoryLock(directory.resolve("lock"));
    }

    /** How many calls a rule has matched, and how many of them it has applied its fault to. */
    private record Count(long seen, long struck) {}

    /**
     * Returns the rule that strikes the next call, and counts the call. A rule counts the calls that it matches and
     * that no earlier rule struck.
     *
     * @throws ExtensionException {@code TRANSIENT}, {@code NOT_APPLIED} when the counters can't be read or written
     */
    public Optional<Strike> next(Plan plan, Operation operation) {
        return plan.rules().stream().anyMatch(rule -> rule.matches(operation))
                ? lock.whileHeld(() -> counted(plan, operation))
                : Optional.empty();
    }

    private Optional<Strike> counted(Plan plan, Operation operation) {
        var file = directory.resolve(name(plan.text()));
        try {
            var counts = read(file, plan.rules().size());
            var strike = count(plan, operation, counts);
            write(file, plan, counts);
            return strike;
        } catch (IOException | IllegalArgumentException e) {
            throw new ExtensionException(
                    Kind.TRANSIENT,
                    Effect.NOT_APPLIED,
                    null,
                    "can't count calls in " + file + ": " + e + "; remove the file to start from zero",
                    e);
        }
    }

    private static Optional<Strike> count(Plan plan, Operation operation, List<Count> counts) {
        for (int i = 0; i < counts.size(); i++) {
            var rule = plan.rules().get(i);
            if (!rule.matches(operation)) {
                continue;
            }
            var seen = counts.get(i).seen() + 1;
            var struck = counts.get(i).struck();
            var strikes = rule.strikes(plan.seed(), i, seen, struck);
            counts.set(i, new Count(seen, strikes ? struck + 1 : struck));
            if (strikes) {
                return Optional.of(new Strike(rule, operation, seen, plan.seed()));
            }
        }
        return Optional.empty();
    }

    /** Reads one line for each rule, "seen struck"; the rest of a line is for people. */
    private static List<Count> read(Path file, int rules) throws IOException {
        var counts = new ArrayList<Count>();
        try {
            for (String line : Files.readAllLines(file)) {
                var words = line.split(" ", 3);
                counts.add(new Count(Long.parseLong(words[0]), Long.parseLong(words[1])));
            }
        } catch (NoSuchFileException e) {
            for (int i = 0; i < rules; i++) {
                counts.add(new Count(0, 0));
            }
        }
        if (counts.size() != rules) {
            throw new IOException("the file has " + counts.size() + " lines for " + rules + " rules");
        }
        return counts;
    }

    /** Writes atomically, so that a killed process leaves either the old or the new counts. */
    private void write(Path file, Plan plan, List<Count> counts) throws IOException {
        var text = new StringBuilder();
        for (int i = 0; i < counts.size(); i++) {
            var count = counts.get(i);
            text.append(count.seen()).append(' ').append(count.struck()).append(' ');
            text.append(plan.rules().get(i).text()).append('\n');
        }
        var fresh = directory.resolve("new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String name(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, NAME_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
