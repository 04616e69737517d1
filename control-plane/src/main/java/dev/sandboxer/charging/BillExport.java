package dev.sandboxer.charging;

import dev.sandboxer.hubs.Hub;
import dev.sandboxer.hubs.HubEvent;
import dev.sandboxer.hubs.HubSettings;
import dev.sandboxer.hubs.Outbox;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.AdjustmentLine;
import dev.sandboxer.payments.bill.BillLine;
import dev.sandboxer.payments.bill.BillingAccount;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.bill.FocusLine;
import dev.sandboxer.payments.bill.PurchaseLine;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.ledger.LedgerListener;
import dev.sandboxer.payments.ledger.LedgerTransaction;
import dev.sandboxer.payments.metering.Metering.BillListener;
import dev.sandboxer.payments.rates.Tariff;
import java.util.List;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * Writes the lines of the bill into the outbox, in the transaction that creates them. Lines of free sandboxes are written only if a
 * fin-hub is configured; otherwise they would stay in the outbox for ever. Thread-safe.
 */
public final class BillExport implements BillListener, LedgerListener {
    private final Outbox outbox;
    private final HubSettings settings;
    private final Supplier<BillingAccount> account;

    /** @param account called only when there is a line to export */
    public BillExport(Outbox outbox, HubSettings settings, Supplier<BillingAccount> account) {
        this.outbox = outbox;
        this.settings = settings;
        this.account = account;
    }

    @Override
    public void billed(Handle handle, List<ChargeLine> lines) {
        add(
                handle,
                lines.stream()
                        .filter(line -> settings.isConfigured(Hub.FIN_HUB)
                                || !line.subject().tariff().equals(Tariff.free()))
                        .map(line -> entry(line, line.subject().sandbox()))
                        .toList());
    }

    @Override
    public void granted(Handle handle, Grant grant) {
        if (grant.kind() == Grant.Kind.PAID) {
            var line = new PurchaseLine(
                    "grant:" + grant.id(), grant.consumer(), grant.amount(), grant.createdAt(), grant.note());
            add(handle, List.of(entry(line, grant.consumer())));
        }
    }

    @Override
    public void corrected(Handle handle, LedgerTransaction correction, Money prepaid) {
        var line = new AdjustmentLine(
                correction.id(),
                correction.consumer(),
                correction.sandbox(),
                correction.amount().negated(),
                prepaid.negated(),
                correction.at(),
                correction.note());
        add(handle, List.of(entry(line, correction.consumer())));
    }

    @Override
    public void paid(Handle handle, LedgerTransaction transaction, Money amount) {
        var line = new AdjustmentLine(
                "paid:" + transaction.id(),
                transaction.consumer(),
                null,
                Money.ZERO,
                amount,
                transaction.at(),
                "paid from credits after it was billed");
        add(handle, List.of(entry(line, transaction.consumer())));
    }

    private void add(Handle handle, List<Outbox.Entry> entries) {
        if (!entries.isEmpty()) {
            outbox.addAll(handle, entries);
        }
    }

    /** @param subject the sandbox or consumer; events of one subject are delivered in order */
    private Outbox.Entry entry(BillLine line, String subject) {
        var focus = FocusLine.of(line, account.get());
        var event = new HubEvent(line.id(), focus.type().type(), subject, line.end(), focus.columns());
        return new Outbox.Entry(Hub.FIN_HUB, event, subject);
    }
}
