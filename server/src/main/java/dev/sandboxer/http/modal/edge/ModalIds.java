package dev.sandboxer.http.modal.edge;

import dev.sandboxer.lifecycle.state.SandboxId;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes and reads ids in the forms that Modal's clients expect. Clients take {@code sb-} and exactly 22 letters and digits for the
 * first generation, and everything else for the second; a task of the second generation ends in {@code V}.
 */
public final class ModalIds {
    private static final String OURS = "(s[a-z0-9]{19})";
    private static final Pattern SANDBOX = Pattern.compile("sb-" + OURS + "(V1|V2[0-9]{4})");
    private static final Pattern TASK = Pattern.compile("ta-" + OURS + "(V?)");
    private static final Pattern SNAPSHOT_IMAGE = Pattern.compile("im-" + OURS);
    private static final String SECOND = "V20000";
    private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";
    private static final int RANDOM_LENGTH = 22;
    private static final SecureRandom RANDOM = new SecureRandom();

    private ModalIds() {}

    /** The sandbox that an id refers to, and the generation that the id's form indicates. */
    public record ParsedId(SandboxId sandbox, Generation generation) {}

    /** Returns the id by which clients refer to a sandbox. */
    public static String sandbox(SandboxId id, Generation generation) {
        return "sb-" + id + (generation == Generation.V1 ? "V1" : SECOND);
    }

    /** Returns the id of a sandbox's only task; router calls refer to the sandbox by it. */
    public static String task(SandboxId id, Generation generation) {
        return "ta-" + id + (generation == Generation.V1 ? "" : "V");
    }

    /** Parses a sandbox id; empty if this server issues no ids of that form. */
    public static Optional<ParsedId> parseSandbox(String text) {
        var match = SANDBOX.matcher(text);
        return match.matches() ? Optional.of(parsed(match, match.group(2).startsWith("V2"))) : Optional.empty();
    }

    /** Parses a task id; empty if this server issues no ids of that form. */
    public static Optional<ParsedId> parseTask(String text) {
        var match = TASK.matcher(text);
        return match.matches() ? Optional.of(parsed(match, !match.group(2).isEmpty())) : Optional.empty();
    }

    private static ParsedId parsed(Matcher match, boolean second) {
        return new ParsedId(new SandboxId(match.group(1)), second ? Generation.V2 : Generation.V1);
    }

    /** Returns the image id of a snapshot. */
    public static String snapshotImage(String snapshot) {
        return "im-" + snapshot;
    }

    /** Returns the id of the snapshot that an image id stands for; empty for other images. */
    public static Optional<String> parseSnapshotImage(String image) {
        var match = SNAPSHOT_IMAGE.matcher(image);
        return match.matches() ? Optional.of(match.group(1)) : Optional.empty();
    }

    /** Returns a new id: the prefix, a dash, and 22 random letters and digits. */
    public static String random(String prefix) {
        var text = new StringBuilder(prefix).append('-');
        RANDOM.ints(RANDOM_LENGTH, 0, ALPHABET.length()).forEach(at -> text.append(ALPHABET.charAt(at)));
        return text.toString();
    }
}
