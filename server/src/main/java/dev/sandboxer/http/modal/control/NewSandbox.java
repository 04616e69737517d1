package dev.sandboxer.http.modal.control;

import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.SandboxNotes;
import dev.sandboxer.protocol.modal.ClientProto.GPUConfig;
import dev.sandboxer.protocol.modal.ClientProto.NetworkAccess;
import dev.sandboxer.protocol.modal.ClientProto.PTYInfo;
import dev.sandboxer.protocol.modal.ClientProto.PortSpec;
import dev.sandboxer.protocol.modal.ClientProto.Probe;
import dev.sandboxer.protocol.modal.ClientProto.Resources;
import dev.sandboxer.protocol.modal.ClientProto.Sandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a sandbox that a client asks for. Each field is honoured or refused, never ignored.
 *
 * @param tags its owner's own
 */
record NewSandbox(Sandbox definition, Generation generation, Map<String, String> tags) {
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(300);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(24);
    private static final int MOST_GPUS = 8;
    private static final int MOST_PORTS = 16;
    private static final int HIGHEST_PORT = 65_535;

    /** More than any machine has: beyond it a number is a mistake. */
    private static final int MOST_MILLIS_OR_MIB = 100_000_000;

    private static final int LONGEST_ENTRYPOINT = 64 << 10;
    private static final String GPU_TYPE = "[A-Z0-9][A-Z0-9._+!-]{0,39}";

    /** Fields that aren't in our messages, by their numbers, and what they are for. */
    private static final Map<Integer, String> NOT_HERE = Map.of(
            12, "network file systems",
            14, "cloud bucket mounts",
            42, "outbound policies",
            43, "outbound policies",
            44, "identity documents");

    /** Refuses what can't be had, before anything is asked of anybody. */
    void check() {
        checkUnsupported();
        timeout();
        idleTimeout();
        checkResources();
        network();
        ports();
        name();
        workdir();
        entrypoint();
    }

    private void checkUnsupported() {
        refuse(
                definition.getVolumeMountsCount() > 0,
                "volumes",
                "there are none here; copy files in, or use a snapshot");
        refuse(!definition.getProxyId().isEmpty(), "proxies", "there are none here");
        refuse(definition.getI6PnEnabled(), "i6pn", "sandboxes have no network of their own among themselves");
        refuse(!definition.getCustomDomain().isEmpty(), "custom domains", "the server's --domain applies to all");
        refuse(definition.getIncludeOidcIdentityToken(), "OIDC identity tokens", "sandboxes have no cloud identity");
        refuse(definition.getEnableSnapshot(), "memory snapshots", "use a filesystem snapshot");
        refuse(definition.getInboundCidrAllowlistCount() > 0, "inbound allowlists", "open no port instead");
        refuse(
                definition.getRuntime().equals("vm"),
                "the runtime vm",
                "the profile decides how sandboxes are isolated");
        var cloud = definition.getCloudProviderStr();
        if (!cloud.isEmpty() && !cloud.equals("auto")) {
            throw ModalErrors.invalid("unknown cloud provider " + ModalErrors.shown(cloud)
                    + ": the profile's route decides where sandboxes run");
        }
        definition.getExperimentalOptionsMap().keySet().forEach(NewSandbox::refuseExperiment);
        definition.getExperimentalOptionsV2Map().keySet().forEach(NewSandbox::refuseExperiment);
        definition
                .getUnknownFields()
                .asMap()
                .keySet()
                .forEach(field -> refuse(
                        true,
                        NOT_HERE.getOrDefault(field, "field " + field + " of the sandbox's definition"),
                        "this server doesn't know it"));
    }

    private static void refuseExperiment(String option) {
        refuse(true, "the experimental option " + ModalErrors.shown(option), "this server has no experiments");
    }

    private static void refuse(boolean asked, String what, String instead) {
        if (asked) {
            throw ModalErrors.unimplemented("not supported by this server: " + what + "; " + instead);
        }
    }

    /** How long it may live. */
    Duration timeout() {
        var seconds = Integer.toUnsignedLong(definition.getTimeoutSecs());
        if (seconds > LONGEST_TIMEOUT.toSeconds()) {
            throw ModalErrors.invalid("timeout of " + seconds + " s is more than the longest possible, "
                    + LONGEST_TIMEOUT.toSeconds() + " s (24 hours)");
        }
        return seconds == 0 ? USUAL_TIMEOUT : Duration.ofSeconds(seconds);
    }

    /** After how long without use it ends; empty = only at its timeout. */
    Optional<Duration> idleTimeout() {
        if (!definition.hasIdleTimeoutSecs()) {
            return Optional.empty();
        }
        var seconds = Integer.toUnsignedLong(definition.getIdleTimeoutSecs());
        if (seconds == 0 || seconds > LONGEST_TIMEOUT.toSeconds()) {
            throw ModalErrors.invalid("the idle timeout has to be between 1 s and 24 hours");
        }
        return Optional.of(Duration.ofSeconds(seconds));
    }

    private void checkResources() {
        var resources = definition.getResources();
        checkPair("CPU", "milli-cores", resources.getMilliCpu(), resources.getMilliCpuMax());
        checkPair("memory", "MiB", resources.getMemoryMb(), resources.getMemoryMbMax());
        checkAmount("disk", resources.getEphemeralDiskMb());
        refuse(resources.getRdma(), "RDMA", "there is none here");
        gpu(resources.getGpuConfig()).ifPresent(gpu -> {
            if (generation == Generation.V2) {
                throw ModalErrors.invalid("GPUs are not supported by sandboxes of the second generation");
            }
        });
    }

    private static void checkPair(String what, String unit, int request, int limit) {
        checkAmount(what, request);
        checkAmount(what, limit);
        if (limit != 0 && limit < request) {
            throw ModalErrors.invalid("the " + what + " limit, " + limit + " " + unit + ", is below the request, "
                    + request + " " + unit);
        }
    }

    private static void checkAmount(String what, int amount) {
        if (amount < 0 || amount > MOST_MILLIS_OR_MIB) {
            throw ModalErrors.invalid("no machine has so much " + what + ": " + Integer.toUnsignedLong(amount));
        }
    }

    private static Optional<Gpu> gpu(GPUConfig config) {
        var type = config.getGpuType().toUpperCase(Locale.ROOT);
        if (type.isEmpty() && config.getCount() == 0) {
            return Optional.empty();
        }
        if (!type.matches(GPU_TYPE)) {
            throw ModalErrors.invalid("Not a valid GPU type: " + ModalErrors.shown(config.getGpuType()));
        }
        if (config.getCount() < 1 || config.getCount() > MOST_GPUS) {
            throw ModalErrors.invalid(
                    "a sandbox has 1 to " + MOST_GPUS + " GPUs, not " + Integer.toUnsignedLong(config.getCount()));
        }
        return Optional.of(new Gpu(config.getCount(), type));
    }

    /** The GPUs it asks for; empty = none. */
    Optional<Gpu> gpu() {
        return gpu(definition.getResources().getGpuConfig());
    }

    /** How large it is to be: what it is limited to, or what it asks for, or the profile's. */
    SandboxSize size(SandboxSize usual) {
        Resources resources = definition.getResources();
        return new SandboxSize(
                first(resources.getMilliCpuMax(), resources.getMilliCpu(), usual.cpuMillis()),
                first(resources.getMemoryMbMax(), resources.getMemoryMb(), usual.memoryMiB()),
                first(resources.getEphemeralDiskMb(), usual.diskMiB()),
                gpu().orElse(usual.gpu()));
    }

    private static int first(int... amounts) {
        for (int amount : amounts) {
            if (amount != 0) {
                return amount;
            }
        }
        throw new IllegalArgumentException("a profile has sizes");
    }

    /** Whom it may call; null = whom the profile says, which an open network means here. */
    @Nullable NetworkRules network() {
        NetworkAccess access = definition.getNetworkAccess();
        if (definition.getBlockNetwork() && access.getNetworkAccessType() == NetworkAccess.T.ALLOWLIST) {
            throw ModalErrors.invalid("a network can't be blocked and have an allowlist at once");
        }
        if (definition.getBlockNetwork()) {
            return NetworkRules.DENY_ALL;
        }
        return switch (access.getNetworkAccessType()) {
            case UNSPECIFIED, OPEN -> null;
            case BLOCKED -> NetworkRules.DENY_ALL;
            case ALLOWLIST -> allowed(access);
            case UNRECOGNIZED -> throw ModalErrors.invalid("unknown type of network access");
        };
    }

    private static NetworkRules allowed(NetworkAccess access) {
        var allowed = new ArrayList<NetworkTarget>();
        for (String cidr : access.getAllowedCidrsList()) {
            try {
                allowed.add(NetworkTarget.Cidr.parse(cidr));
            } catch (IllegalArgumentException e) {
                throw ModalErrors.invalid("Invalid CIDR: " + ModalErrors.shown(cidr));
            }
        }
        for (String domain : access.getAllowedDomainsList()) {
            try {
                allowed.add(new NetworkTarget.Domain(domain));
            } catch (IllegalArgumentException e) {
                throw ModalErrors.invalid("Invalid domain: " + ModalErrors.shown(domain));
            }
        }
        try {
            return new NetworkRules(NetworkPolicy.DENY, allowed, List.of());
        } catch (IllegalArgumentException e) {
            throw ModalErrors.invalid(String.valueOf(e.getMessage()));
        }
    }

    /** The ports that are to be reached from outside. */
    List<PortSpec> ports() {
        var ports = definition.getOpenPorts().getPortsList();
        var seen = new TreeSet<Integer>();
        for (PortSpec port : ports) {
            if (port.getPort() < 1 || port.getPort() > HIGHEST_PORT) {
                throw ModalErrors.invalid("not a port: " + Integer.toUnsignedLong(port.getPort()));
            }
            if (!seen.add(port.getPort())) {
                throw ModalErrors.invalid("port " + port.getPort() + " is opened twice");
            }
        }
        if (ports.size() > MOST_PORTS) {
            throw ModalErrors.invalid("at most " + MOST_PORTS + " ports can be opened");
        }
        return ports;
    }

    /** Its name; null = none. */
    @Nullable String name() {
        return definition.getName().isEmpty() ? null : Names.check("sandbox", definition.getName());
    }

    /** Where its processes start; null = as the image says. */
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

    /** The command of its main process; empty = it waits for its timeout. */
    List<String> entrypoint() {
        var words = definition.getEntrypointArgsList();
        if (words.stream().mapToInt(String::length).sum() > LONGEST_ENTRYPOINT) {
            throw ModalErrors.invalid("the command of a sandbox has at most " + LONGEST_ENTRYPOINT + " characters");
        }
        if (words.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            throw ModalErrors.invalid("the command of a sandbox may not contain NUL");
        }
        return words;
    }

    /** The terminal of its main process; null = none. */
    @Nullable PTYInfo pty() {
        return definition.getPtyInfo().getEnabled() ? definition.getPtyInfo() : null;
    }

    /** Where it may run; null = wherever the profile says. */
    @Nullable String region() {
        var regions = definition.getSchedulerPlacement().getRegionsList();
        if (regions.size() > 1) {
            throw ModalErrors.unimplemented("a choice of several regions is not supported by this server: name one");
        }
        return regions.isEmpty() || regions.getFirst().isBlank() ? null : regions.getFirst();
    }

    /** Adds what is to be remembered of it. */
    void note(Map<String, String> notes) {
        notes.put(SandboxNotes.GENERATION, generation.name());
        notes.put(SandboxNotes.TIMEOUT, Long.toString(timeout().toSeconds()));
        idleTimeout().ifPresent(idle -> notes.put(SandboxNotes.IDLE, Long.toString(idle.toSeconds())));
        if (name() != null) {
            notes.put(SandboxNotes.NAME, definition.getName());
        }
        if (!entrypoint().isEmpty()) {
            notes.put(SandboxNotes.ENTRYPOINT, SandboxNotes.json(entrypoint()));
        }
        if (!ports().isEmpty()) {
            notes.put(
                    SandboxNotes.PORTS,
                    ports().stream()
                            .map(port -> port.getPort() + (port.getUnencrypted() ? "u" : "e"))
                            .collect(Collectors.joining(",")));
        }
        if (definition.hasReadinessProbe()) {
            notes.put(SandboxNotes.PROBE, SandboxNotes.json(probe(definition.getReadinessProbe())));
        }
    }

    private static List<String> probe(Probe probe) {
        var interval = Integer.toString(probe.hasIntervalMs() ? probe.getIntervalMs() : 100);
        return switch (probe.getProbeOneofCase()) {
            case TCP_PORT -> {
                if (probe.getTcpPort() < 1 || probe.getTcpPort() > HIGHEST_PORT) {
                    throw ModalErrors.invalid("not a port: " + Integer.toUnsignedLong(probe.getTcpPort()));
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
