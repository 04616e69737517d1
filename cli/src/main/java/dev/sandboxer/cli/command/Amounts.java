package dev.sandboxer.cli.command;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Budget;
import dev.sandboxer.profiles.Spelling;
import java.util.function.Function;

/** Amounts of money on the command line, such as {@code 12.50}. */
public final class Amounts {
    private Amounts() {}

    /**
     * Reads an amount of zero or more.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public static Money parse(String text) {
        var amount = parseSigned(text);
        if (amount.isNegative()) {
            throw refused(text, "is below zero");
        }
        return amount;
    }

    /** Like {@link #parse}, also below zero. */
    public static Money parseSigned(String text) {
        return read(text, Money::parse);
    }

    /** Like {@link #parse}, for a budget such as {@code 5/day}. */
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
