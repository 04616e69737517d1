package dev.sandboxer.extension;

import java.util.List;

/**
 * What an extension found out about this host.
 *
 * @param findings in the order in which people should read them
 */
public record HostReport(List<Finding> findings) {
    /** Copies the components. */
    public HostReport {
        findings = List.copyOf(findings);
    }

    /**
     * Whether sandboxes can run at all.
     *
     * @return true if nothing is {@link Level#MISSING}
     */
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
     * @param level what it means for sandboxes
     * @param subject what was looked at, in one or two words
     * @param text what was found, and what follows for the user
     * @param remedy what to do about it; empty when there is nothing to do, never with {@code MISSING}
     */
    public record Finding(Level level, String subject, String text, String remedy) {
        /**
         * {@return a fact that is as it should be}
         *
         * @param subject what was looked at, in one or two words
         * @param text what was found
         */
        public static Finding ok(String subject, String text) {
            return new Finding(Level.OK, subject, text, "");
        }

        /**
         * {@return a fact that limits sandboxes}
         *
         * @param subject what was looked at, in one or two words
         * @param text what was found, and what follows for the user
         * @param remedy what to do about it; may be empty
         */
        public static Finding limited(String subject, String text, String remedy) {
            return new Finding(Level.LIMITED, subject, text, remedy);
        }

        /**
         * {@return a fact that keeps any sandbox from running}
         *
         * @param subject what was looked at, in one or two words
         * @param text what was found, and what follows for the user
         * @param remedy what to do about it
         */
        public static Finding missing(String subject, String text, String remedy) {
            return new Finding(Level.MISSING, subject, text, remedy);
        }
    }
}
