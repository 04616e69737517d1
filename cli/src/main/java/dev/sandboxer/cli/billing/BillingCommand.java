package dev.sandboxer.cli.billing;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.CommandGroup;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Paragraph;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Moments;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.hubs.Deliveries;
import dev.sandboxer.hubs.Deliveries.DeadLetter;
import dev.sandboxer.hubs.Hub;
import dev.sandboxer.hubs.HubStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code billing}: shows the delivery of events to the fin-hub and the State Hub, and delivers events again. */
public final class BillingCommand extends CommandGroup {
    public BillingCommand(Context context) {
        super(
                context,
                "Show and control the delivery of events to the fin-hub and the State Hub.",
                new CommandEntry("status", Status::new),
                new CommandEntry("deliver", Deliver::new),
                new CommandEntry("replay", Replay::new),
                new CommandEntry("dead-letters", DeadLetters::new));
    }

    private abstract static class WithDeliveries extends Command {
        WithDeliveries(Context context, String about) {
            super(context, about);
        }

        <T> T with(Function<Deliveries, T> work) {
            try (var deliveries = sandboxer().deliveries()) {
                return work.apply(deliveries);
            }
        }

        void requireHub() {
            if (!sandboxer().hubs().isAnyConfigured()) {
                throw new SandboxException(
                        ErrorCode.INVALID_CONFIG,
                        "no hub is configured; set SANDBOXER_FIN_HUB_URL or SANDBOXER_STATE_HUB_URL (events wait until then)");
            }
        }
    }

    private static String name(Hub hub) {
        return hub.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static final class Status extends WithDeliveries {
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        /**
         * The deliveries to a hub as JSON.
         *
         * @param url without secrets; null = none is configured
         */
        private record View(
                String hub,
                @Nullable String url,
                long waiting,
                @Nullable Long oldestSeconds,
                long dead,
                @Nullable Instant lastSuccess,
                @Nullable Instant lastErrorAt,
                @Nullable String lastError,
                @Nullable Instant pausedUntil) {}

        Status(Context context) {
            super(context, "Show how many events wait and when deliveries succeeded or failed.");
        }

        @Override
        public Integer call() {
            var views = with(Deliveries::status).stream().map(this::view).toList();
            if (json.get()) {
                console.print(JsonOutput.text(views));
                return 0;
            }
            var table = new Table("HUB", "WAITING", "OLDEST", "REFUSED", "LAST SUCCESS");
            views.forEach(view -> table.row(
                    view.hub(),
                    Long.toString(view.waiting()),
                    view.oldestSeconds() == null ? "-" : Table.roughly(Duration.ofSeconds(view.oldestSeconds())),
                    Long.toString(view.dead()),
                    view.lastSuccess() == null ? "-" : view.lastSuccess().toString()));
            table.print(console);
            console.print("");
            views.forEach(this::explain);
            return 0;
        }

        private View view(HubStatus status) {
            var error = status.lastError();
            return new View(
                    name(status.hub()),
                    sandboxer().hubs().location(status.hub()).orElse(null),
                    status.waiting(),
                    status.oldestAge() == null
                            ? null
                            : (Long) status.oldestAge().toSeconds(),
                    status.dead(),
                    status.lastSuccess(),
                    error == null ? null : error.at(),
                    error == null ? null : error.message(),
                    status.pausedUntil());
        }

        private void explain(View view) {
            Paragraph.print(console, view.hub() + ": " + (view.url() == null ? "no URL is configured" : view.url()));
            if (view.lastError() != null) {
                Paragraph.print(console, view.hub() + ": failed at " + view.lastErrorAt() + ": " + view.lastError());
            }
            if (view.pausedUntil() != null) {
                Paragraph.print(console, view.hub() + ": no delivery before " + view.pausedUntil());
            }
        }
    }

    private static final class Deliver extends WithDeliveries {
        private final Supplier<Duration> within = syntax.option(
                "--within", "DURATION", "Stop after this time (default: 1m).", "1m", Durations::parsePositive);

        Deliver(Context context) {
            super(context, "Deliver the events that are due. A server does this by itself.");
        }

        @Override
        public Integer call() {
            requireHub();
            var report = with(deliveries -> deliveries.deliverDue(within.get()));
            console.print(report.delivered() + " delivered, " + report.retried() + " to retry, " + report.dead()
                    + " refused, " + report.left() + " left");
            return report.dead() + report.left() == 0 ? 0 : 1;
        }
    }

    private static final class Replay extends WithDeliveries {
        private final Supplier<@Nullable Instant> from = syntax.option(
                "--from", "TIME", "Events delivered from this time on: " + Moments.FORMS + ".", this::time);
        private final Supplier<@Nullable Instant> to =
                syntax.option("--to", "TIME", "Events delivered before this time (default: now).", this::time);
        private final Supplier<Boolean> stateHub =
                syntax.flag("--state-hub", "Replay to the State Hub instead of the fin-hub.");

        Replay(Context context) {
            super(context, "Deliver events again, under the same ids. They are kept for 30 days.");
        }

        private Instant time(String text) {
            return Moments.parse(text, Instant::now);
        }

        @Override
        public Integer call() {
            var since = from.get();
            if (since == null) {
                throw syntax.usageError("--from TIME is missing");
            }
            var until = to.get() == null ? sandboxer().clock().instant() : to.get();
            var hub = stateHub.get() ? Hub.STATE_HUB : Hub.FIN_HUB;
            console.print(
                    with(deliveries -> deliveries.replay(hub, since, until)) + " events wait to be delivered again");
            return 0;
        }
    }

    private static final class DeadLetters extends WithDeliveries {
        private static final int MAX_LISTED = 1000;

        private final Supplier<List<String>> requeue =
                syntax.options("--requeue", "ID", "Deliver this event again. Repeatable.");
        private final Supplier<Boolean> all = syntax.flag("--requeue-all", "Deliver all refused events again.");
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        private record View(
                String id, String hub, String about, Instant addedAt, Instant refusedAt, long attempts, String reason) {
            static View of(DeadLetter letter) {
                return new View(
                        letter.id(),
                        name(letter.hub()),
                        letter.orderKey(),
                        letter.addedAt(),
                        letter.deadAt(),
                        letter.attempts(),
                        letter.reason());
            }
        }

        DeadLetters(Context context) {
            super(context, "List events that a hub has refused, or deliver them again.");
        }

        @Override
        public Integer call() {
            if (all.get() || !requeue.get().isEmpty()) {
                int count = with(deliveries -> all.get() ? deliveries.requeueAll() : deliveries.requeue(requeue.get()));
                console.print(count + " events wait to be delivered again");
                return 0;
            }
            var letters = with(deliveries -> deliveries.deadLetters(MAX_LISTED)).stream()
                    .map(View::of)
                    .toList();
            if (json.get()) {
                console.print(JsonOutput.text(letters));
            } else if (letters.isEmpty()) {
                console.print("No event was refused.");
            } else {
                letters.forEach(this::print);
            }
            return 0;
        }

        private void print(View letter) {
            console.print(letter.id());
            Paragraph.print(console, "  " + letter.hub() + ", " + letter.refusedAt() + ": " + letter.reason());
        }
    }
}
