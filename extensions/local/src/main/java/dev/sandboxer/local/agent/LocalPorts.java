package dev.sandboxer.local.agent;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.extension.session.Ports;

/** The ports of a local sandbox. The agent connects to them from inside, so the sandbox can be offline. */
record LocalPorts(AgentConnector agent) implements Ports {
    @Override
    public PortConnection dial(int port) {
        if (port < 1 || port > 65_535) {
            throw new OperationException(Reason.INVALID, "not a port: " + port);
        }
        var connection = agent.open();
        try {
            connection.send(new FrameWriter(FrameType.DIAL).u16(port));
            connection.expect(FrameType.READY);
            connection.switchToStream();
            return new LocalPortConnection(connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
