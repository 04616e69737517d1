package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.SandboxNotes;
import dev.sandboxer.http.modal.tunnel.Tunnels;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsResponse;
import dev.sandboxer.protocol.modal.ClientProto.TunnelData;

/**
 * Where clients reach the open ports of sandboxes. Unencrypted ports have a tunnel. Encrypted ones have none, since a tunnel over
 * TLS would need a certificate that clients trust: a sandbox may have such ports, but they are missing in the answer, and where
 * there are no others the answer says so.
 *
 * @param host of this server, as clients know it
 */
record TunnelAddresses(Tunnels tunnels, String host) {
    SandboxGetTunnelsResponse of(Sandbox sandbox) {
        var notes = SandboxNotes.of(sandbox);
        var ports = notes.unencryptedPorts();
        var opened = tunnels.open(sandbox, ports);
        if (ports.isEmpty() && !notes.encryptedPorts().isEmpty()) {
            throw ModalErrors.unimplemented(
                    "encrypted ports have no tunnel on this server, which has no certificate for them:"
                            + " open the port with unencryptedPorts (Python: unencrypted_ports)");
        }
        var answer = SandboxGetTunnelsResponse.newBuilder();
        opened.forEach((inside, outside) -> answer.addTunnels(TunnelData.newBuilder()
                .setHost(host)
                .setPort(outside)
                .setUnencryptedHost(bare(host))
                .setUnencryptedPort(outside)
                .setContainerPort(inside)));
        return answer.build();
    }

    /** Sockets take IPv6 addresses without the brackets that URLs have. */
    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
