package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** The columns of an account's row that hold the consumer's terms. */
final class CreditTermsRow {
    private CreditTermsRow() {}

    static CreditTerms read(ResultSet row) throws SQLException {
        var budget = money(row, "budget");
        return new CreditTerms(
                money(row, "credit_limit"),
                money(row, "warn_below"),
                budget == null ? null : new Budget(budget, Budget.Period.valueOf(row.getString("budget_period"))));
    }

    static <S extends SqlStatement<S>> S bind(S statement, CreditTerms terms) {
        var budget = terms.budget();
        return statement
                .bind("credit_limit", nanos(terms.limit()))
                .bind("warn_below", nanos(terms.warnBelow()))
                .bind("budget", budget == null ? null : budget.amount().nanos())
                .bind("budget_period", budget == null ? null : budget.period().name());
    }

    private static @Nullable Money money(ResultSet row, String column) throws SQLException {
        var nanos = row.getLong(column);
        return row.wasNull() ? null : new Money(nanos);
    }

    private static @Nullable Long nanos(@Nullable Money money) {
        return money == null ? null : (Long) money.nanos();
    }
}
