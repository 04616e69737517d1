package dev.sandboxer.e2b.control;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * Version of envd, the daemon in a sandbox, which is as old as the sandbox's template. E2B's own clients choose what
 * they use by this version too (e2b-dev/E2B, {@code packages/js-sdk/src/envd/versions.ts}).
 */
public record EnvdVersion(int major, int minor, int patch) implements Comparable<EnvdVersion> {
    private static final Pattern FORM = Pattern.compile("v?([0-9]{1,6})\\.([0-9]{1,6})\\.([0-9]{1,6}).*");
    private static final EnvdVersion NEWEST = new EnvdVersion(Integer.MAX_VALUE, 0, 0);

    private static final EnvdVersion DEFAULT_USER = new EnvdVersion(0, 4, 0);
    private static final EnvdVersion PLAIN_UPLOAD = new EnvdVersion(0, 5, 7);
    private static final EnvdVersion METADATA = new EnvdVersion(0, 6, 2);

    private static final EnvdVersion CURRENT_CLIENTS = new EnvdVersion(0, 6, 3);

    /** Parses a version. Any other text counts as the newest version. */
    public static EnvdVersion of(String text) {
        var match = FORM.matcher(text);
        return match.matches()
                ? new EnvdVersion(
                        Integer.parseInt(match.group(1)),
                        Integer.parseInt(match.group(2)),
                        Integer.parseInt(match.group(3)))
                : NEWEST;
    }

    /** Returns true if the daemon knows the template's default user. */
    public boolean knowsDefaultUser() {
        return compareTo(DEFAULT_USER) >= 0;
    }

    /** Returns true if a file can be uploaded as a plain body; older daemons take only a form. */
    public boolean takesPlainUploads() {
        return compareTo(PLAIN_UPLOAD) >= 0;
    }

    public boolean keepsMetadata() {
        return compareTo(METADATA) >= 0;
    }

    /** Returns true if it works with clients that assume the newest version. */
    public boolean servesCurrentClients() {
        return compareTo(CURRENT_CLIENTS) >= 0;
    }

    @Override
    public int compareTo(EnvdVersion other) {
        return Comparator.comparingInt(EnvdVersion::major)
                .thenComparingInt(EnvdVersion::minor)
                .thenComparingInt(EnvdVersion::patch)
                .compare(this, other);
    }
}
