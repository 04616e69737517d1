package dev.sandboxer.http.modal.edge;

import dev.sandboxer.lifecycle.state.SandboxId;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Our ids as Modal's clients expect them. Clients take {@code sb-} and exactly 22 letters and digits for the first generation, and
 * everything else for the second; a task of the second generation ends in {@code V}.
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

    /** A sandbox that an id names, in the generation that it names it in. */
    public record Named(SandboxId sandbox, Generation generation) {}

    /** The id of a sandbox for clients. */
    public static String sandbox(SandboxId id, Generation generation) {
        return "sb-" + id + (generation == Generation.V1 ? "V1" : SECOND);
    }

    /** The id of a sandbox's only task, which its router goes by. */
    public static String task(SandboxId id, Generation generation) {
        return "ta-" + id + (generation == Generation.V1 ? "" : "V");
    }

    /** Reads the id of a sandbox; empty when it has none of our forms. */
    public static Optional<Named> parseSandbox(String text) {
        var match = SANDBOX.matcher(text);
        return match.matches() ? Optional.of(named(match, match.group(2).startsWith("V2"))) : Optional.empty();
    }

    /** Reads the id of a task; empty when it has none of our forms. */
    public static Optional<Named> parseTask(String text) {
        var match = TASK.matcher(text);
        return match.matches() ? Optional.of(named(match, !match.group(2).isEmpty())) : Optional.empty();
    }

    private static Named named(Matcher match, boolean second) {
        return new Named(new SandboxId(match.group(1)), second ? Generation.V2 : Generation.V1);
    }

    /** The id of a snapshot as an image. */
    public static String snapshotImage(String snapshot) {
        return "im-" + snapshot;
    }

    /** The snapshot that an image is; empty for other images. */
    public static Optional<String> parseSnapshotImage(String image) {
        var match = SNAPSHOT_IMAGE.matcher(image);
        return match.matches() ? Optional.of(match.group(1)) : Optional.empty();
    }

    /** A new id, such as {@code ap-} and 22 random letters and digits. */
    public static String random(String prefix) {
        var text = new StringBuilder(prefix).append('-');
        RANDOM.ints(RANDOM_LENGTH, 0, ALPHABET.length()).forEach(at -> text.append(ALPHABET.charAt(at)));
        return text.toString();
    }
}
