package dev.sandboxer.extension;

import java.util.List;

/**
 * The result of {@link Extension#checkHost}.
 *
 * @param findings in the order in which people should read them
 */
public record HostReport(List<Finding> findings) {
    /** Copies the list. */
    public HostReport {
        findings = List.copyOf(findings);
    }

    /**
     * Returns true if sandboxes can run on this host.
     *
     * @return true if nothing is {@link Level#MISSING}
     */
    public boolean usable() {
        return findings.stream().noneMatch(finding -> finding.level() == Level.MISSING);
    }

    /** The consequence of a finding for sandboxes on this host. */
    public enum Level {
        /** Nothing limits sandboxes. */
        OK,
        /** Sandboxes run, with the limit described. */
        LIMITED,
        /** No sandbox runs. */
        MISSING
    }

    /**
     * One fact about the host, in plain words.
     *
     * @param level the consequence for sandboxes
     * @param subject what was checked, in one or two words
     * @param text what was found, and what follows for the user
     * @param remedy what to do about it; empty when there is nothing to do, never empty with {@code MISSING}
     */
    public record Finding(Level level, String subject, String text, String remedy) {
        /**
         * {@return a finding of level {@code OK}, without a remedy}
         *
         * @param subject what was checked, in one or two words
         * @param text what was found
         */
        public static Finding ok(String subject, String text) {
            return new Finding(Level.OK, subject, text, "");
        }

        /**
         * {@return a finding of level {@code LIMITED}}
         *
         * @param subject what was checked, in one or two words
         * @param text what was found, and what follows for the user
         * @param remedy what to do about it; may be empty
         */
        public static Finding limited(String subject, String text, String remedy) {
            return new Finding(Level.LIMITED, subject, text, remedy);
        }

        /**
         * {@return a finding of level {@code MISSING}}
         *
         * @param subject what was checked, in one or two words
         * @param text what was found, and what follows for the user
         * @param remedy what to do about it
         */
        public static Finding missing(String subject, String text, String remedy) {
            return new Finding(Level.MISSING, subject, text, remedy);
        }
    }
}
