package dev.sandboxer.extension;

import java.util.List;

/** What an extension found out about this host. */
public record HostReport(List<Finding> findings) {
    public HostReport {
        findings = List.copyOf(findings);
    }

    /** Whether sandboxes can run at all. */
    public boolean usable() {
        return findings.stream().noneMatch(finding -> finding.level() == Level.MISSING);
    }

    /** What a finding means for sandboxes on this host. */
    public enum Level {
        /** Works. */
        OK,
        /** Sandboxes run, with the limit described. */
        LIMITED,
        /** Without this no sandbox runs. */
        MISSING
    }

    /**
     * One fact about the host, in plain words.
     *
     * @param subject what was looked at, in one or two words
     * @param text what was found, and what follows for the user
     * @param remedy what to do about it; empty when there is nothing to do, never with {@code MISSING}
     */
    public record Finding(Level level, String subject, String text, String remedy) {
        public static Finding ok(String subject, String text) {
            return new Finding(Level.OK, subject, text, "");
        }

        public static Finding limited(String subject, String text, String remedy) {
            return new Finding(Level.LIMITED, subject, text, remedy);
        }

        public static Finding missing(String subject, String text, String remedy) {
            return new Finding(Level.MISSING, subject, text, remedy);
        }
    }
}
