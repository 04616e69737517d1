package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.profiles.Spelling;
import java.util.regex.Pattern;

/** Finds a consumer's sandbox by its id or the beginning of its id. */
record SandboxLookup(SandboxStore rows) {
    private static final Pattern PREFIX = Pattern.compile("[a-z0-9]{1,40}");

    /** One character is never enough, since all ids begin with the same letter. */
    private static final int MIN_PREFIX_LENGTH = 2;

    /** Returns the sandbox, see {@link Sandboxes#get}. */
    Sandbox get(String consumer, String idOrPrefix) {
        if (PREFIX.matcher(idOrPrefix).matches()) {
            var found = rows.findByPrefix(consumer, idOrPrefix);
            var exact = found.stream()
                    .filter(sandbox -> sandbox.id().value().equals(idOrPrefix))
                    .findFirst();
            if (exact.isPresent()) {
                return exact.get();
            }
            if (idOrPrefix.length() < MIN_PREFIX_LENGTH) {
                throw new SandboxException(
                        ErrorCode.UNKNOWN_SANDBOX,
                        Spelling.quoted(idOrPrefix) + " is too short; give at least " + MIN_PREFIX_LENGTH
                                + " characters of the id; list yours with: sandboxer ls");
            }
            var open =
                    found.stream().filter(sandbox -> !sandbox.state().ended()).toList();
            var meant = open.isEmpty() ? found : open;
            if (meant.size() > 1) {
                throw new SandboxException(
                        ErrorCode.AMBIGUOUS_SANDBOX,
                        "several sandboxes begin with \"" + idOrPrefix + "\": "
                                + String.join(
                                        ", ",
                                        meant.stream().map(s -> s.id().value()).toList())
                                + "; give more characters");
            }
            if (meant.size() == 1) {
                return meant.getFirst();
            }
        }
        throw new SandboxException(
                ErrorCode.UNKNOWN_SANDBOX,
                "sandbox " + Spelling.quoted(idOrPrefix) + " not found; list yours with: sandboxer ls");
    }
}
