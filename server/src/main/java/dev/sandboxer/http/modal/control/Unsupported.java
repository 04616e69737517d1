package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.protocol.modal.ClientProto.Sandbox;
import io.grpc.StatusRuntimeException;
import java.util.Map;

/** Refuses features of Modal's sandboxes that this server lacks. */
final class Unsupported {
    /** The features that our copy of the protocol leaves out, by the number of their field. */
    private static final Map<Integer, String> OMITTED_FIELDS = Map.of(
            12, "network file systems",
            14, "cloud bucket mounts",
            42, "outbound policies",
            43, "outbound policies",
            44, "identity documents");

    private Unsupported() {}

    /** @throws io.grpc.StatusRuntimeException {@code UNIMPLEMENTED}; {@code INVALID_ARGUMENT} for an unknown cloud */
    static void refuseIn(Sandbox definition) {
        refuse(definition.getVolumeMountsCount() > 0, "volumes", "copy files in, or use a snapshot");
        refuse(!definition.getProxyId().isEmpty(), "proxies", "leave the proxy out");
        refuse(definition.getI6PnEnabled(), "i6pn", "sandboxes share no private network");
        refuse(!definition.getCustomDomain().isEmpty(), "custom domains", "the server's --domain applies to all");
        refuse(definition.getIncludeOidcIdentityToken(), "OIDC identity tokens", "sandboxes have no cloud identity");
        refuse(definition.getEnableSnapshot(), "memory snapshots", "use a filesystem snapshot");
        refuse(definition.getInboundCidrAllowlistCount() > 0, "inbound allowlists", "open no port instead");
        refuse(
                definition.getRuntime().equals("vm"),
                "the runtime vm",
                "the profile decides how sandboxes are isolated");
        refuse(definition.getResources().getRdma(), "RDMA", "leave it out");
        var cloud = definition.getCloudProviderStr();
        if (!cloud.isEmpty() && !cloud.equals("auto")) {
            throw ModalErrors.invalid("unknown cloud provider " + ModalErrors.shown(cloud)
                    + ": the profile's route decides where sandboxes run");
        }
        definition.getExperimentalOptionsMap().keySet().forEach(Unsupported::refuseExperiment);
        definition.getExperimentalOptionsV2Map().keySet().forEach(Unsupported::refuseExperiment);
        definition
                .getUnknownFields()
                .asMap()
                .keySet()
                .forEach(field -> refuse(
                        true,
                        OMITTED_FIELDS.getOrDefault(field, "field " + field + " of the sandbox's definition"),
                        "this server doesn't know it"));
    }

    static StatusRuntimeException volumes() {
        return ModalErrors.unimplemented(
                "volumes are not supported by this server; copy files in, or use a filesystem snapshot");
    }

    static StatusRuntimeException connectTokens() {
        return ModalErrors.unimplemented(
                "connect tokens are not supported by this server, which has no HTTPS address for"
                        + " sandboxes; open an unencrypted port and use its tunnel");
    }

    static StatusRuntimeException memorySnapshots() {
        return ModalErrors.unimplemented(
                "memory snapshots are not supported by this server; use a filesystem snapshot");
    }

    private static void refuseExperiment(String option) {
        refuse(true, "the experimental option " + ModalErrors.shown(option), "this server has no experiments");
    }

    private static void refuse(boolean asked, String what, String instead) {
        if (asked) {
            throw ModalErrors.unimplemented("not supported by this server: " + what + "; " + instead);
        }
    }
}
