package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.http.modal.tunnel.Tunnels;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsResponse;
import dev.sandboxer.protocol.modal.ClientProto.TunnelData;

/**
 * The addresses at which clients reach the open ports of sandboxes. Only unencrypted ports have a tunnel, because TLS would need a
 * certificate that clients trust. The answer omits encrypted ports; if all ports are encrypted, the call is refused.
 *
 * @param host this server's host, as clients know it
 */
record TunnelAddresses(Tunnels tunnels, String host) {
    SandboxGetTunnelsResponse of(Sandbox sandbox) {
        var metadata = ModalMetadata.of(sandbox);
        var ports = metadata.unencryptedPorts();
        var opened = tunnels.open(sandbox, ports);
        if (ports.isEmpty() && !metadata.encryptedPorts().isEmpty()) {
            throw ModalErrors.unimplemented(
                    "encrypted ports have no tunnel on this server, which has no certificate for them;"
                            + " open the port with unencryptedPorts (Python: unencrypted_ports)");
        }
        var answer = SandboxGetTunnelsResponse.newBuilder();
        opened.forEach((inside, outside) -> answer.addTunnels(TunnelData.newBuilder()
                .setHost(host)
                .setPort(outside)
                .setUnencryptedHost(ServerAddress.withoutBrackets(host))
                .setUnencryptedPort(outside)
                .setContainerPort(inside)));
        return answer.build();
    }
}
