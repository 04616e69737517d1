package dev.sandboxer.modal.control;

import dev.sandboxer.extension.SandboxTag;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names sandboxes at Modal: one name for each try, so that no try meets what another one left. */
final class SandboxName {
    private static final int LONGEST = 60;
    private static final int HASH = 40;

    private SandboxName() {}

    /** @param tries 1 for the first type of GPU that is tried */
    static String of(SandboxTag tag, int tries) {
        var name = tag + (tries == 1 ? "" : "-" + tries);
        return name.length() <= LONGEST ? name : "sandboxer-" + hash(name).substring(0, HASH);
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
