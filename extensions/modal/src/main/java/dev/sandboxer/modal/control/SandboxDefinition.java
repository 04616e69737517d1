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

/** What is asked for, in Modal's words. */
record SandboxDefinition(CreateRequest request, boolean plaintext) {
    /**
     * The ports that get a tunnel. Tunnels are open to anybody who knows their address, and Modal opens none where the network is
     * blocked; ports without one are reached through the sandbox's router.
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
        return definition;
    }

    /** Modal bills the larger of what was asked for and what is used, so limits make the price known. */
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
