package dev.sandboxer.local.agent;

import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.OperationException.Reason;
import dev.sandboxer.extension.PortConnection;
import dev.sandboxer.extension.Ports;

/** The ports of a local sandbox: the agent dials, so no network leads in. */
record LocalPorts(AgentConnector door) implements Ports {
    @Override
    public PortConnection dial(int port) {
        if (port < 1 || port > 65_535) {
            throw new OperationException(Reason.INVALID, "not a port: " + port);
        }
        var connection = door.open(door.patience().answer());
        try {
            connection.send(new FrameWriter(FrameType.DIAL).u16(port));
            connection.expect(FrameType.READY);
            connection.unlimited();
            return new LocalPortConnection(connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
