package dev.sandboxer.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.protocol.e2b.FilesystemProto.CreateWatcherRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.CreateWatcherResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.EventType;
import dev.sandboxer.protocol.e2b.FilesystemProto.FileType;
import dev.sandboxer.protocol.e2b.FilesystemProto.GetWatcherEventsRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.GetWatcherEventsResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.ListDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.ListDirResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.MakeDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.MakeDirResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.MoveRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.MoveResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveWatcherRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveWatcherResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.StatRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.StatResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirResponse;
import dev.sandboxer.server.it.harness.BinaryCalls;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files over binary Protobuf, as clients in Go and Rust use it. */
class BinaryFileIT {
    private static final String FILES = "filesystem.Filesystem/";

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    private static BinaryCalls calls() {
        return new BinaryCalls(server.sandbox());
    }

    @Test
    void files_are_made_described_listed_moved_and_removed() throws IOException {
        var made = calls().call(
                        FILES + "MakeDir",
                        MakeDirRequest.newBuilder().setPath("/tmp/made/deep").build(),
                        MakeDirResponse.getDefaultInstance())
                .getEntry();
        assertThat(made.getType()).isEqualTo(FileType.FILE_TYPE_DIRECTORY);
        assertThat(made.getPermissions()).isEqualTo("drwxr-xr-x");
        server.sandbox().run("ln -s deep /tmp/made/link; head -c 3000 /dev/zero > /tmp/made/deep/zeros");
        var link = calls().inBoth(
                        FILES + "Stat",
                        StatRequest.newBuilder().setPath("/tmp/made/link").build(),
                        StatResponse.getDefaultInstance())
                .getEntry();
        assertThat(link.getSymlinkTarget()).isEqualTo("/tmp/made/deep");
        assertThat(link.getModifiedTime().getSeconds()).isPositive();
        var all = calls().inBoth(
                        FILES + "ListDir",
                        ListDirRequest.newBuilder()
                                .setPath("/tmp/made")
                                .setDepth(-1)
                                .build(),
                        ListDirResponse.getDefaultInstance());
        assertThat(all.getEntriesList())
                .anySatisfy(entry -> assertThat(entry.getSize()).isEqualTo(3000))
                .hasSize(3);
        var moved = calls().call(
                        FILES + "Move",
                        MoveRequest.newBuilder()
                                .setSource("/tmp/made/deep/zeros")
                                .setDestination("/tmp/made/nulls")
                                .build(),
                        MoveResponse.getDefaultInstance());
        assertThat(moved.getEntry().getPath()).isEqualTo("/tmp/made/nulls");
        calls().call(
                        FILES + "Remove",
                        RemoveRequest.newBuilder().setPath("/tmp/made").build(),
                        RemoveResponse.getDefaultInstance());
        assertThat(server.sandbox().run("ls -d /tmp/made 2>/dev/null")).isEmpty();
    }

    @Test
    void changes_are_reported_in_a_stream_and_when_polled() throws IOException {
        server.sandbox().run("mkdir -p /tmp/seen");
        var watcher = calls().call(
                        FILES + "CreateWatcher",
                        CreateWatcherRequest.newBuilder()
                                .setPath("/tmp/seen")
                                .setIncludeEntry(true)
                                .build(),
                        CreateWatcherResponse.getDefaultInstance());
        var watch = calls().stream(
                FILES + "WatchDir",
                WatchDirResponse.getDefaultInstance(),
                WatchDirRequest.newBuilder().setPath("/tmp/seen").build());
        try (watch) {
            assertThat(watch.next().hasStart()).isTrue();
            server.sandbox().run("mkdir /tmp/seen/new");
            var event = watch.next().getFilesystem();
            assertThat(event.getType()).isEqualTo(EventType.EVENT_TYPE_CREATE);
            assertThat(event.getName()).isEqualTo("new");
            assertThat(event.hasEntry()).isFalse();
        }
        var id = watcher.getWatcherId();
        var polled = calls().call(
                        FILES + "GetWatcherEvents",
                        GetWatcherEventsRequest.newBuilder().setWatcherId(id).build(),
                        GetWatcherEventsResponse.getDefaultInstance());
        assertThat(polled.getEventsList())
                .anySatisfy(event -> assertThat(event.getEntry().getPath()).isEqualTo("/tmp/seen/new"));
        calls().call(
                        FILES + "RemoveWatcher",
                        RemoveWatcherRequest.newBuilder().setWatcherId(id).build(),
                        RemoveWatcherResponse.getDefaultInstance());
    }
}
