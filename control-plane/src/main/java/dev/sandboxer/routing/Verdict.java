package dev.sandboxer.routing;

import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether one extension of a route could take a sandbox, and why. */
public sealed interface Verdict {
    ExtensionId extension();

    /** One line for people. */
    String why();

    /**
     * It could.
     *
     * @param spec what the backend would be asked for
     * @param receipt the credential it would be made with; null = none is needed
     * @param fallback what is tried when that one is refused, as its owner allowed; null = nothing
     * @param ttl how long it may live: as asked for, or as long as its consumer's credit lasts
     * @param note why it has its place among the others, or so little time; empty = nothing to say
     */
    record Eligible(
            ExtensionId extension,
            SandboxSpec spec,
            Quote quote,
            @Nullable Receipt receipt,
            @Nullable Receipt fallback,
            Duration ttl,
            String note)
            implements Verdict {
        @Override
        public String why() {
            var text = receipt == null ? quote.text() : quote.text() + ", with " + receipt.text();
            return note.isEmpty() ? text : text + "; " + note;
        }

        Eligible noted(String why) {
            return new Eligible(extension, spec, quote, receipt, fallback, ttl, joined(note, why));
        }

        Eligible affordedFor(Duration time, String why) {
            return new Eligible(extension, spec, quote, receipt, fallback, time, joined(note, why));
        }

        private static String joined(String one, String other) {
            return one.isEmpty() || other.isEmpty() ? one + other : one + "; " + other;
        }

        Account account() {
            return new Account(extension, receipt == null ? null : receipt.credential());
        }
    }

    /**
     * It could not.
     *
     * @param quote what it would cost, where that is the reason; else null
     */
    record Skipped(
            ExtensionId extension,
            Code code,
            String why,
            @Nullable Quote quote) implements Verdict {
        Skipped(ExtensionId extension, Code code, String why) {
            this(extension, code, why, null);
        }
    }

    /** Why an extension is skipped. */
    enum Code {
        NO_CREDENTIAL,
        CAPABILITY_MISSING,
        /** This host can't run it. */
        HOST_UNSUPPORTED,
        /** Its consumer can't pay for it. */
        INSUFFICIENT_CREDITS,
        /** Its backend has failed lately, or has asked to wait. */
        CIRCUIT_OPEN,
        /** Switched off, not installed, without a template in the profile, or not the one that the request names. */
        DISABLED;

        /** As users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
