package dev.sandboxer.e2b.control;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A snapshot's name at E2B. A list of snapshots there has ids and names and nothing else, so that the name has to carry what
 * the contract wants to know.
 *
 * @param name as it was asked for
 * @param diskMiB size of the disk that was kept
 * @param createdAt to the second
 */
record SnapshotName(String installation, String name, int diskMiB, Instant createdAt) {
    private static final Pattern FORM =
            Pattern.compile("sandboxer-([a-z0-9]{1,40})-([a-z0-9]{1,40})-([0-9]{1,9})-([0-9]{1,12})");

    private static final Pattern GIVEN = Pattern.compile("[a-z0-9]{1,40}");

    static boolean canBe(String name) {
        return GIVEN.matcher(name).matches();
    }

    /** Empty when none of its names is one of ours. E2B may put a team before a name, and a tag behind it. */
    static Optional<SnapshotName> of(JsonNode snapshot) {
        for (JsonNode one : snapshot.path("names")) {
            var text = one.asString("");
            var match = FORM.matcher(text.substring(text.lastIndexOf('/') + 1).replaceFirst(":.*", ""));
            if (match.matches()) {
                return Optional.of(new SnapshotName(
                        match.group(1),
                        match.group(2),
                        Integer.parseInt(match.group(3)),
                        Instant.ofEpochSecond(Long.parseLong(match.group(4)))));
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "sandboxer-" + installation + "-" + name + "-" + diskMiB + "-" + createdAt.getEpochSecond();
    }
}
