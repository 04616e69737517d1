package dev.sandboxer.lifecycle;

import dev.sandboxer.config.units.Durations;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.Repair.Settled;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.routing.ExtensionRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Watches the sandboxes that got less time than requested for lack of credit. Five minutes before such a sandbox ends, it gets more time if
 * its consumer can pay by then; otherwise that is reported once. Also stops the sandboxes whose network traffic their consumers can't pay
 * for. Used by one thread.
 */
public final class CreditWatch {
    /** How long before its deadline a sandbox is extended or reported. */
    private static final Duration NOTICE = Duration.ofMinutes(5);

    private final SandboxStore sandboxes;
    private final ExtensionRegistry registry;
    private final DeadlineChange deadlines;
    private final Termination termination;
    private final PauseResume pauseResume;
    private final Funding funding;
    private final Leases leases;
    private final InstantSource clock;
    private final Map<SandboxId, Instant> warned = new HashMap<>();

    CreditWatch(
            SandboxStore sandboxes,
            ExtensionRegistry registry,
            DeadlineChange deadlines,
            Termination termination,
            PauseResume pauseResume,
            Funding funding,
            Leases leases,
            InstantSource clock) {
        this.sandboxes = sandboxes;
        this.registry = registry;
        this.deadlines = deadlines;
        this.termination = termination;
        this.pauseResume = pauseResume;
        this.funding = funding;
        this.leases = leases;
        this.clock = clock;
    }

    /** Extends or reports the sandboxes that end soon. Makes one query if there are none. */
    public List<Settled> look() {
        var now = clock.instant();
        var told = new ArrayList<Settled>();
        warned.values().removeIf(deadline -> deadline.isBefore(now));
        for (Sandbox sandbox : sandboxes.shortOfCredit(now, now.plus(NOTICE))) {
            if (leases.worker().reaches(sandbox.host())) {
                look(sandbox, now).ifPresent(text -> told.add(new Settled(sandbox.id(), text)));
            }
        }
        return told;
    }

    /** Reads the network traffic, see {@link Sandboxes#readNetwork}. */
    void readNetwork() {
        extensionsWithNetworkBytes()
                .forEach(
                        id -> funding.read(sandboxes.running(id, leases.worker().host())));
    }

    /** Reads the network traffic and ends sandboxes, see {@link Sandboxes#watchNetwork}. */
    List<Settled> watchNetwork() {
        readNetwork();
        return extensionsWithNetworkBytes().stream()
                .flatMap(id -> endOverdrawn(id).stream())
                .toList();
    }

    private List<ExtensionId> extensionsWithNetworkBytes() {
        return registry.all().stream()
                .filter(extension -> extension.capabilities().contains(Capability.NETWORK_BYTES))
                .map(Extension::id)
                .toList();
    }

    /** Stops an extension's sandboxes that have used more than their consumers can pay for: ends or pauses them as at their deadline. */
    private List<Settled> endOverdrawn(ExtensionId extension) {
        var told = new ArrayList<Settled>();
        var running = sandboxes.running(extension, leases.worker().host()).stream()
                .filter(sandbox -> sandbox.state() == SandboxState.RUNNING && sandbox.pending() == null)
                .toList();
        for (Sandbox sandbox : funding.overdrawn(running)) {
            stop(sandbox).ifPresent(text -> told.add(new Settled(sandbox.id(), text)));
        }
        return told;
    }

    private Optional<String> stop(Sandbox sandbox) {
        try {
            if (sandbox.terms().onTimeout() == OnTimeout.PAUSE) {
                pauseResume.pauseUnchanged(sandbox);
            } else {
                termination.end(sandbox, EndReason.BUDGET);
            }
            return Optional.of("consumer " + sandbox.consumer() + " has no credit left for its network traffic");
        } catch (SandboxException e) {
            return e.code() == ErrorCode.CONFLICT // changed in the meantime: the next run decides
                    ? Optional.empty()
                    : Optional.of("its credit is used up, but it could not be stopped: " + e.getMessage());
        } catch (ExtensionException e) {
            return Optional.of("its credit is used up, but it could not be stopped: " + e.getMessage());
        }
    }

    private Optional<String> look(Sandbox sandbox, Instant now) {
        try {
            var later = deadlines.extendToWanted(sandbox);
            return later.deadline().isAfter(sandbox.deadline())
                    ? Optional.of("credit was added; it runs until " + later.deadline())
                    : Optional.empty();
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.INSUFFICIENT_CREDITS) {
                return warn(sandbox, now);
            }
            return e.code() == ErrorCode.CONFLICT // changed in the meantime: the next run decides
                    ? Optional.empty()
                    : once(sandbox, "can't be extended: " + e.getMessage());
        } catch (ExtensionException e) {
            return once(sandbox, "can't be extended: " + e.getMessage());
        }
    }

    private Optional<String> warn(Sandbox sandbox, Instant now) {
        var left = Duration.between(now, sandbox.deadline()).truncatedTo(ChronoUnit.SECONDS);
        return once(
                sandbox,
                "consumer " + sandbox.consumer() + " has no credit for more than " + Durations.format(left) + " of it");
    }

    /** Returns the text the first time for a sandbox, then nothing until its deadline: sandboxes are checked every few seconds. */
    private Optional<String> once(Sandbox sandbox, String text) {
        return warned.putIfAbsent(sandbox.id(), sandbox.deadline()) == null ? Optional.of(text) : Optional.empty();
    }
}
