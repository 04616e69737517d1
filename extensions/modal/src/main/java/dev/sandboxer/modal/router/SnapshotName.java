package dev.sandboxer.modal.router;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name under which a snapshot's image is published. It carries what the contract asks for, since Modal stores
 * nothing else for us.
 *
 * @param name the name that the caller gave
 */
record SnapshotName(String installation, String name, int diskMiB, Instant createdAt) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,40}");
    private static final Pattern FORM =
            Pattern.compile("sandboxer-([a-z0-9]{1,40})-([a-z0-9]{1,40})-([1-9][0-9]{0,8})-([0-9]{1,11})(?::latest)?");

    static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }

    static Optional<SnapshotName> parse(String text) {
        var match = FORM.matcher(text);
        return match.matches()
                ? Optional.of(new SnapshotName(
                        match.group(1),
                        match.group(2),
                        Integer.parseInt(match.group(3)),
                        Instant.ofEpochSecond(Long.parseLong(match.group(4)))))
                : Optional.empty();
    }

    static String prefix(String installation) {
        return "sandboxer-" + installation + "-";
    }

    @Override
    public String toString() {
        return prefix(installation) + name + "-" + diskMiB + "-" + createdAt.getEpochSecond() + ":latest";
    }
}
