package dev.sandboxer.routing;

import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The verdict on one extension of a route: eligible or skipped, and why. */
public sealed interface Verdict {
    ExtensionId extension();

    /** Returns the reason in one line for people. */
    String reason();

    /**
     * The extension can take the sandbox.
     *
     * @param spec the request for the backend
     * @param receipt the credential that would be used; null = none is needed
     * @param fallback the credential to try if the first is refused, as its owner allowed; null = none
     * @param ttl the time to live: as requested, or as long as the consumer's credit lasts
     * @param note why it has its place in the order, or a shortened time; may be empty
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
        public String reason() {
            var text = receipt == null ? quote.text() : quote.text() + ", with " + receipt.text();
            return note.isEmpty() ? text : text + "; " + note;
        }

        Eligible noted(String reason) {
            return new Eligible(extension, spec, quote, receipt, fallback, ttl, joined(note, reason));
        }

        Eligible withAffordableTtl(Duration time, String reason) {
            return new Eligible(extension, spec, quote, receipt, fallback, time, joined(note, reason));
        }

        private static String joined(String one, String other) {
            return one.isEmpty() || other.isEmpty() ? one + other : one + "; " + other;
        }

        Account account() {
            return new Account(extension, receipt == null ? null : receipt.credential());
        }
    }

    /**
     * The extension can't take the sandbox.
     *
     * @param quote the cost, if that is the reason; else null
     */
    record Skipped(
            ExtensionId extension,
            Code code,
            String reason,
            @Nullable Quote quote) implements Verdict {
        Skipped(ExtensionId extension, Code code, String reason) {
            this(extension, code, reason, null);
        }
    }

    /** The reason why an extension is skipped. */
    enum Code {
        NO_CREDENTIAL,
        CAPABILITY_MISSING,
        /** This host can't run the extension's sandboxes. */
        HOST_UNSUPPORTED,
        /** The consumer can't pay for the sandbox. */
        INSUFFICIENT_CREDITS,
        /** The backend has recently failed, or has asked to wait. */
        CIRCUIT_OPEN,
        /** The extension is switched off, is not installed, has no template in the profile, or is not the one that the request names. */
        DISABLED;

        /** Returns the code as users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
