package dev.sandboxer.cli.credits;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Balance;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes a consumer's credits in lines. */
record BalanceText(Balance balance) {
    private static final String NO_LIMIT = "no limit";

    static BalanceText of(Balance balance) {
        return new BalanceText(balance);
    }

    private static String line(String name, Object value) {
        return String.format("%-10s %s", name, value);
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(line("consumer", balance.consumer()));
        lines.add(line("available", available()));
        lines.add(line("balance", balance.balance()));
        lines.add(line("held", balance.held()));
        lines.add(line("consumed", balance.consumed()));
        lines.add(line("granted", balance.granted()));
        if (!balance.expired().isZero()) {
            lines.add(line("expired", balance.expired()));
        }
        lines.addAll(terms());
        return lines;
    }

    /** Returns the lines about how the consumer pays. */
    List<String> terms() {
        var terms = balance.terms();
        var lines = new ArrayList<String>();
        lines.add(line("limit", limit(terms.limit())));
        lines.add(line("warn below", terms.warnBelow() == null ? "never" : terms.warnBelow()));
        var budget = terms.budget();
        lines.add(line(
                "budget",
                budget == null
                        ? "none"
                        : budget.text() + ", " + balance.spentInPeriod() + " spent this "
                                + budget.period().text()));
        return lines;
    }

    /** Returns the amount that the consumer can still spend. */
    String available() {
        var available = balance.available();
        if (available == null) {
            return NO_LIMIT;
        }
        return available.max(Money.ZERO).toString();
    }

    private static String limit(@Nullable Money limit) {
        if (limit == null) {
            return NO_LIMIT;
        }
        return limit.isZero() ? "0 (prepaid)" : limit + " below zero";
    }
}
