package dev.sandboxer.http.modal.control;

import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.http.modal.app.Names;
import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.protocol.modal.ClientProto.PTYInfo;
import dev.sandboxer.protocol.modal.ClientProto.PortSpec;
import dev.sandboxer.protocol.modal.ClientProto.Probe;
import dev.sandboxer.protocol.modal.ClientProto.Sandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox as a client requests it. Each field of the definition is honoured or refused, never ignored.
 *
 * @param tags the owner's tags
 */
record RequestedSandbox(Sandbox definition, Generation generation, Map<String, String> tags) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(300);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(24);
    private static final int MAX_PORTS = 16;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_ENTRYPOINT_LENGTH = 64 << 10;

    /** Refuses invalid and unsupported fields, before anything is looked up or created. */
    void check() {
        Unsupported.refuseIn(definition);
        timeout();
        idleTimeout();
        size().check();
        network();
        ports();
        name();
        workdir();
        entrypoint();
    }

    /** The maximum lifetime of the sandbox. */
    Duration timeout() {
        var seconds = Integer.toUnsignedLong(definition.getTimeoutSecs());
        if (seconds > MAX_TIMEOUT.toSeconds()) {
            throw ModalErrors.invalid("the timeout of " + seconds + " s is too long; at most " + MAX_TIMEOUT.toSeconds()
                    + " s (24 hours) are allowed");
        }
        return seconds == 0 ? DEFAULT_TIMEOUT : Duration.ofSeconds(seconds);
    }

    /** The time without use after which the sandbox ends; empty = only its timeout ends it. */
    Optional<Duration> idleTimeout() {
        if (!definition.hasIdleTimeoutSecs()) {
            return Optional.empty();
        }
        var seconds = Integer.toUnsignedLong(definition.getIdleTimeoutSecs());
        if (seconds == 0 || seconds > MAX_TIMEOUT.toSeconds()) {
            throw ModalErrors.invalid("the idle timeout must be between 1 s and 24 hours");
        }
        return Optional.of(Duration.ofSeconds(seconds));
    }

    RequestedSize size() {
        return new RequestedSize(definition.getResources(), generation);
    }

    /** The requested network rules; null = the profile's rules. */
    @Nullable NetworkRules network() {
        return RequestedNetwork.of(definition);
    }

    /** The ports to open to the outside. */
    List<PortSpec> ports() {
        var ports = definition.getOpenPorts().getPortsList();
        var seen = new TreeSet<Integer>();
        for (PortSpec port : ports) {
            if (port.getPort() < 1 || port.getPort() > MAX_PORT) {
                throw ModalErrors.invalid("invalid port " + Integer.toUnsignedLong(port.getPort()));
            }
            if (!seen.add(port.getPort())) {
                throw ModalErrors.invalid("port " + port.getPort() + " is listed twice");
            }
        }
        if (ports.size() > MAX_PORTS) {
            throw ModalErrors.invalid("at most " + MAX_PORTS + " ports can be opened");
        }
        return ports;
    }

    /** The sandbox's name; null = none. */
    @Nullable String name() {
        return definition.getName().isEmpty() ? null : Names.check("sandbox", definition.getName());
    }

    /** The default working directory of processes; null = the image's. */
    @Nullable String workdir() {
        var workdir = definition.getWorkdir();
        if (workdir.isEmpty()) {
            return null;
        }
        if (!workdir.startsWith("/") || workdir.indexOf('\0') >= 0 || workdir.length() > 4096) {
            throw ModalErrors.invalid("workdir must be an absolute path, got: " + ModalErrors.shown(workdir));
        }
        return workdir;
    }

    /** The command of the main process; empty = none, the sandbox lives until its timeout. */
    List<String> entrypoint() {
        var words = definition.getEntrypointArgsList();
        if (words.stream().mapToInt(String::length).sum() > MAX_ENTRYPOINT_LENGTH) {
            throw ModalErrors.invalid("the command of a sandbox has at most " + MAX_ENTRYPOINT_LENGTH + " characters");
        }
        if (words.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            throw ModalErrors.invalid("the command of a sandbox must not contain NUL");
        }
        return words;
    }

    /** The terminal of the main process; null = none. */
    @Nullable PTYInfo pty() {
        return definition.getPtyInfo().getEnabled() ? definition.getPtyInfo() : null;
    }

    /** The region to run in; null = the profile decides. */
    @Nullable String region() {
        var regions = definition.getSchedulerPlacement().getRegionsList();
        if (regions.size() > 1) {
            throw ModalErrors.unimplemented("several regions are not supported by this server; name one");
        }
        return regions.isEmpty() || regions.getFirst().isBlank() ? null : regions.getFirst();
    }

    /** Adds the values that later calls need to the sandbox's metadata. */
    void addTo(Map<String, String> metadata) {
        metadata.put(ModalMetadata.GENERATION, generation.name());
        metadata.put(ModalMetadata.TIMEOUT, Long.toString(timeout().toSeconds()));
        idleTimeout().ifPresent(idle -> metadata.put(ModalMetadata.IDLE, Long.toString(idle.toSeconds())));
        if (name() != null) {
            metadata.put(ModalMetadata.NAME, definition.getName());
        }
        if (!entrypoint().isEmpty()) {
            metadata.put(ModalMetadata.ENTRYPOINT, ModalMetadata.json(entrypoint()));
        }
        if (!ports().isEmpty()) {
            metadata.put(
                    ModalMetadata.PORTS,
                    ports().stream()
                            .map(port -> port.getPort() + (port.getUnencrypted() ? "u" : "e"))
                            .collect(Collectors.joining(",")));
        }
        if (definition.hasReadinessProbe()) {
            metadata.put(ModalMetadata.PROBE, ModalMetadata.json(probe(definition.getReadinessProbe())));
        }
    }

    private static List<String> probe(Probe probe) {
        var interval = Integer.toString(probe.hasIntervalMs() ? probe.getIntervalMs() : 100);
        return switch (probe.getProbeOneofCase()) {
            case TCP_PORT -> {
                if (probe.getTcpPort() < 1 || probe.getTcpPort() > MAX_PORT) {
                    throw ModalErrors.invalid("invalid port " + Integer.toUnsignedLong(probe.getTcpPort()));
                }
                yield List.of("tcp", interval, Integer.toString(probe.getTcpPort()));
            }
            case EXEC_COMMAND -> {
                if (probe.getExecCommand().getArgvCount() == 0) {
                    throw ModalErrors.invalid("a readiness probe needs a command");
                }
                var words = new ArrayList<>(List.of("exec", interval));
                words.addAll(probe.getExecCommand().getArgvList());
                yield words;
            }
            case PROBEONEOF_NOT_SET -> throw ModalErrors.invalid("a readiness probe needs a port or a command");
        };
    }
}
