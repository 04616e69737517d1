package dev.sandboxer.bench;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.bench.Results.Group;
import dev.sandboxer.config.Home;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.InstantSource;
import java.util.Map;

/** Times the life of a local sandbox through the control plane, as commands and servers use it: routing, saga and rows. */
final class ControlPlaneRounds implements AutoCloseable {
    private final Sandboxer sandboxer;
    private final Group group;

    private ControlPlaneRounds(Group group, String home, Map<String, String> environment, Workspace work, Cleanup cleanup) {
        this.group = group;
        this.sandboxer = Sandboxer.open(new Home(work.resolve(home)), environment, InstantSource.system());
        cleanup.add("sandboxes of the control plane", this::close);
    }

    static ControlPlaneRounds onSqlite(Workspace work, Cleanup cleanup) {
        return new ControlPlaneRounds(Group.CONTROL_PLANE, "home", Map.of(), work, cleanup);
    }

    static ControlPlaneRounds onPostgres(String url, Workspace work, Cleanup cleanup) {
        return new ControlPlaneRounds(
                Group.ON_POSTGRES, "home-postgres", Map.of("SANDBOXER_DATABASE_URL", url), work, cleanup);
    }

    void round(Results results) throws Exception {
        var sandboxes = sandboxer.sandboxes();
        Sandbox sandbox = results.time(group, ContractRounds.CREATE, () -> sandboxes.create(request()));
        results.time(
                group,
                ContractRounds.EXEC,
                () -> sandboxes.<Boolean, InterruptedException>use(sandbox, session -> {
                    ContractRounds.runTrue(session);
                    return true;
                }));
        results.time(group, "destroy", () -> sandboxes.destroy(sandbox));
    }

    private CreateSandbox request() {
        var profile = sandboxer.profiles().defaultProfile();
        return CreateSandbox.of(Sandboxer.LOCAL_CONSUMER, profile).ttl(ContractRounds.TTL).build();
    }

    private boolean closed;

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            for (var sandbox : sandboxer.sandboxes().list(Sandboxer.LOCAL_CONSUMER, false)) {
                sandboxer.sandboxes().destroy(sandbox);
            }
            sandboxer.close();
        }
    }
}
