package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.protocol.modal.ClientProto;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Data that we store in a sandbox's tags at Modal, which returns little else about it. The contract's tag is also the
 * nonce that proves a sandbox is ours.
 *
 * @param size the size that the sandbox got
 * @param requestedAt time of the request, in whole seconds when read from tags
 * @param tunnels ports that got a tunnel at creation
 */
public record SandboxRecord(
        SandboxTag tag, SandboxSize size, Instant requestedAt, Instant deadline, Set<Integer> tunnels) {
    static final String TAG = "sandboxer_tag";
    static final String INSTALLATION = "sandboxer_installation";
    private static final String SIZE = "sandboxer_size";
    private static final String GPU = "sandboxer_gpu";
    private static final String ASKED = "sandboxer_asked";
    private static final String DEADLINE = "sandboxer_deadline";
    private static final String PORTS = "sandboxer_ports";

    /** Modal's smallest sandbox, in milli-cores and MiB. */
    private static final int MIN_CPU_MILLIS = 125;

    private static final int MIN_MEMORY_MIB = 128;

    public SandboxRecord {
        tunnels = Set.copyOf(tunnels);
    }

    /** @param gpuType the GPU type of this attempt; null = no GPU */
    static SandboxRecord of(CreateRequest request, Instant now, @Nullable String gpuType, Set<Integer> tunnels) {
        var requested = request.spec().size();
        var gpu = requested.gpu() == null || gpuType == null
                ? null
                : new Gpu(requested.gpu().count(), gpuType);
        var size = new SandboxSize(
                Math.max(MIN_CPU_MILLIS, requested.cpuMillis()),
                Math.max(MIN_MEMORY_MIB, requested.memoryMiB()),
                requested.diskMiB(),
                gpu);
        return new SandboxRecord(request.tag(), size, now, request.deadline(), tunnels);
    }

    List<ClientProto.SandboxTag> toTags() {
        var tags = new TreeMap<String, String>();
        tags.put(TAG, tag.toString());
        tags.put(INSTALLATION, tag.installation());
        tags.put(SIZE, size.cpuMillis() + "-" + size.memoryMiB() + "-" + size.diskMiB());
        if (size.gpu() != null) {
            tags.put(GPU, size.gpu().types().getFirst() + ":" + size.gpu().count());
        }
        tags.put(ASKED, Long.toString(requestedAt.getEpochSecond()));
        tags.put(DEADLINE, Long.toString(deadline.getEpochSecond()));
        if (!tunnels.isEmpty()) {
            tags.put(PORTS, new TreeSet<>(tunnels).stream().map(String::valueOf).collect(Collectors.joining("-")));
        }
        var all = new ArrayList<ClientProto.SandboxTag>();
        tags.forEach((name, value) -> all.add(tag(name, value)));
        return all;
    }

    static ClientProto.SandboxTag tag(String name, String value) {
        return ClientProto.SandboxTag.newBuilder()
                .setTagName(name)
                .setTagValue(value)
                .build();
    }

    /** Reads the tags of a sandbox; empty if sand-boxer did not create the sandbox. */
    static Optional<SandboxRecord> of(List<ClientProto.SandboxTag> tags) {
        var values = new TreeMap<String, String>();
        tags.forEach(tag -> values.put(tag.getTagName(), tag.getTagValue()));
        try {
            return values.containsKey(TAG) ? Optional.of(read(values)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // somebody has changed our tags
        }
    }

    private static SandboxRecord read(Map<String, String> values) {
        var size = values.getOrDefault(SIZE, "").split("-", -1);
        if (size.length != 3) {
            throw new IllegalArgumentException("not a size");
        }
        var ports = new TreeSet<Integer>();
        for (String port : values.getOrDefault(PORTS, "").split("-")) {
            if (!port.isEmpty()) {
                ports.add(Integer.valueOf(port));
            }
        }
        return new SandboxRecord(
                SandboxTag.parse(values.getOrDefault(TAG, "")),
                new SandboxSize(
                        Integer.parseInt(size[0]), Integer.parseInt(size[1]), Integer.parseInt(size[2]), gpu(values)),
                Instant.ofEpochSecond(Long.parseLong(values.getOrDefault(ASKED, ""))),
                Instant.ofEpochSecond(Long.parseLong(values.getOrDefault(DEADLINE, ""))),
                ports);
    }

    private static @Nullable Gpu gpu(Map<String, String> values) {
        var text = values.get(GPU);
        if (text == null) {
            return null;
        }
        var at = text.lastIndexOf(':');
        if (at < 1) {
            throw new IllegalArgumentException("not a GPU");
        }
        return new Gpu(Integer.parseInt(text.substring(at + 1)), text.substring(0, at));
    }

    public BackendSandbox toSandbox(BackendRef ref, Instant createdAt) {
        return new BackendSandbox(ref, tag, size, createdAt, deadline, false);
    }
}
