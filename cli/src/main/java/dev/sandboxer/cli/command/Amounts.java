package dev.sandboxer.cli.command;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Budget;
import dev.sandboxer.profiles.Spelling;
import java.util.function.Function;

/** Reads amounts of money from the command line, such as {@code 12.50}. */
public final class Amounts {
    private Amounts() {}

    /**
     * Reads an amount of zero or more.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when the text is not such an amount
     */
    public static Money parse(String text) {
        var amount = parseSigned(text);
        if (amount.isNegative()) {
            throw refused(text, "is below zero");
        }
        return amount;
    }

    /** Reads an amount that may be below zero. Throws like {@link #parse}. */
    public static Money parseSigned(String text) {
        return read(text, Money::parse);
    }

    /** Reads a budget such as {@code 5/day}. Throws like {@link #parse}. */
    public static Budget parseBudget(String text) {
        return read(text, Budget::parse);
    }

    private static <T> T read(String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw refused(text, String.valueOf(e.getMessage()));
        }
    }

    private static SandboxException refused(String text, String problem) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " " + problem);
    }
}
