package dev.sandboxer.e2b.control;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A snapshot's name at E2B. E2B lists only ids and names of snapshots, so the name carries what the contract asks for.
 *
 * @param name the name that the caller gave
 * @param diskMiB size of the sandbox's disk
 * @param createdAt in whole seconds
 */
record SnapshotName(String installation, String name, int diskMiB, Instant createdAt) {
    private static final Pattern FORM =
            Pattern.compile("sandboxer-([a-z0-9]{1,40})-([a-z0-9]{1,40})-([0-9]{1,9})-([0-9]{1,12})");

    private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,40}");

    static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Reads the name of a listed snapshot; empty if sand-boxer did not create the snapshot. E2B may add a team before the name and a tag
     * after it.
     */
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
