package dev.sandboxer.modal.control;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.protocol.modal.ClientProto.GPUConfig;
import dev.sandboxer.protocol.modal.ClientProto.NetworkAccess;
import dev.sandboxer.protocol.modal.ClientProto.PortSpec;
import dev.sandboxer.protocol.modal.ClientProto.PortSpecs;
import dev.sandboxer.protocol.modal.ClientProto.Resources;
import dev.sandboxer.protocol.modal.ClientProto.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.SchedulerPlacement;
import java.util.Set;

/** Builds Modal's definition of a requested sandbox. */
record SandboxDefinition(CreateRequest request, boolean plaintext) {
    /**
     * Returns the ports that get a tunnel. Anybody who knows a tunnel's address can use it, and Modal opens none if the
     * network is blocked. Ports without a tunnel are reached through the sandbox's router.
     */
    Set<Integer> tunnels() {
        var spec = request.spec();
        return spec.publicPorts() && !isBlocked(spec.network()) ? spec.ports() : Set.of();
    }

    private static boolean isBlocked(NetworkRules rules) {
        return AllowedNetworks.of(rules).getNetworkAccessType() == NetworkAccess.T.BLOCKED;
    }

    Sandbox.Builder build(String image, String name, SandboxRecord record, int seconds) {
        var spec = request.spec();
        var definition = Sandbox.newBuilder()
                .setImageId(image)
                .setResources(resources(record))
                .setTimeoutSecs(seconds)
                .setNetworkAccess(AllowedNetworks.of(spec.network()))
                .setOpenPorts(ports(record))
                .setName(name);
        if (spec.region() != null) {
            definition.setSchedulerPlacement(SchedulerPlacement.newBuilder().addRegions(spec.region()));
        }
        if (spec.idleTimeout() != null) {
            definition.setIdleTimeoutSecs(Math.toIntExact(spec.idleTimeout()
                    .plusMillis(999)
                    .toSeconds())); // rounded up, so that the sandbox never ends early
        }
        return definition;
    }

    /** Sets limits equal to the requests: Modal bills the larger of request and use, so this fixes the price. */
    private static Resources resources(SandboxRecord record) {
        var size = record.size();
        var gpu = GPUConfig.newBuilder();
        if (size.gpu() != null) {
            gpu.setCount(size.gpu().count()).setGpuType(size.gpu().types().getFirst());
        }
        return Resources.newBuilder()
                .setMilliCpu(size.cpuMillis())
                .setMilliCpuMax(size.cpuMillis())
                .setMemoryMb(size.memoryMiB())
                .setMemoryMbMax(size.memoryMiB())
                .setGpuConfig(gpu)
                .build();
    }

    private PortSpecs ports(SandboxRecord record) {
        var ports = PortSpecs.newBuilder();
        record.tunnels().stream()
                .sorted()
                .forEach(port ->
                        ports.addPorts(PortSpec.newBuilder().setPort(port).setUnencrypted(plaintext)));
        return ports.build();
    }
}
