package dev.sandboxer.e2b.control;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * Version of the daemon in a sandbox, which is as old as the template. E2B's own clients decide by it what they may use
 * (e2b-dev/E2B, {@code packages/js-sdk/src/envd/versions.ts}).
 */
public record EnvdVersion(int major, int minor, int patch) implements Comparable<EnvdVersion> {
    private static final Pattern FORM = Pattern.compile("v?([0-9]{1,6})\\.([0-9]{1,6})\\.([0-9]{1,6}).*");
    private static final EnvdVersion NEWEST = new EnvdVersion(Integer.MAX_VALUE, 0, 0);

    private static final EnvdVersion DEFAULT_USER = new EnvdVersion(0, 4, 0);
    private static final EnvdVersion PLAIN_UPLOAD = new EnvdVersion(0, 5, 7);
    private static final EnvdVersion METADATA = new EnvdVersion(0, 6, 2);

    private static final EnvdVersion TODAYS_CLIENTS = new EnvdVersion(0, 6, 3);

    /** What is no version counts as the newest. */
    public static EnvdVersion of(String text) {
        var match = FORM.matcher(text);
        return match.matches()
                ? new EnvdVersion(
                        Integer.parseInt(match.group(1)),
                        Integer.parseInt(match.group(2)),
                        Integer.parseInt(match.group(3)))
                : NEWEST;
    }

    /** Whether it knows the template's default user by itself. */
    public boolean knowsDefaultUser() {
        return compareTo(DEFAULT_USER) >= 0;
    }

    /** Whether a file can be sent as it is; else only in a form. */
    public boolean takesPlainUploads() {
        return compareTo(PLAIN_UPLOAD) >= 0;
    }

    public boolean keepsMetadata() {
        return compareTo(METADATA) >= 0;
    }

    /** Whether clients that think it new get along with it. */
    public boolean servesTodaysClients() {
        return compareTo(TODAYS_CLIENTS) >= 0;
    }

    @Override
    public int compareTo(EnvdVersion other) {
        return Comparator.comparingInt(EnvdVersion::major)
                .thenComparingInt(EnvdVersion::minor)
                .thenComparingInt(EnvdVersion::patch)
                .compare(this, other);
    }
}
