package dev.sandboxer.protocol.e2b;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.protocol.e2b.FilesystemProto.EntryInfo;
import dev.sandboxer.protocol.e2b.FilesystemProto.FileType;
import dev.sandboxer.protocol.e2b.FilesystemProto.ListDirRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.PTY;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessConfig;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessEvent;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessEvent.EndEvent;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessEvent.StartEvent;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessInput;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessSelector;
import dev.sandboxer.protocol.e2b.ProcessProto.SendSignalRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.Signal;
import dev.sandboxer.protocol.e2b.ProcessProto.StartRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.StartResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime());
    private static final int ROUNDS = 300 * Integer.getInteger("soak.scale", 1);

    @ParameterizedTest
    @EnumSource
    void every_message_is_read_back_as_it_was_written(Codec codec) {
        System.out.println("CodecTest: seed " + SEED);
        var samples = new SampleMessages(new SplittableRandom(SEED));
        assertThat(SampleMessages.empty()).hasSizeGreaterThan(40);
        for (Message empty : SampleMessages.empty()) {
            assertThat(codec.read(codec.write(empty), empty)).isEqualTo(empty);
            for (int round = 0; round < ROUNDS / 10; round++) {
                var message = samples.fill(empty);
                var bytes = codec.write(message);
                assertThat(codec.read(bytes, empty))
                        .as(new String(bytes, UTF_8))
                        .isEqualTo(message);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_damaged_message_is_read_or_refused_as_an_invalid_argument(Codec codec) {
        System.out.println("CodecTest: seed " + SEED);
        var random = new SplittableRandom(SEED);
        var samples = new SampleMessages(random);
        for (int round = 0; round < 20 * ROUNDS; round++) {
            var message = samples.any();
            var bytes = codec.write(message);
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
            }
            for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                codec.read(bytes, samples.any());
            } catch (ConnectException e) {
                assertThat(e.code()).isEqualTo(ConnectCode.INVALID_ARGUMENT);
                assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(500);
            }
        }
    }

    @Test
    void a_content_type_selects_a_codec() {
        assertThat(Codec.ofUnaryType("application/json")).hasValue(Codec.JSON);
        assertThat(Codec.ofUnaryType("application/proto")).hasValue(Codec.BINARY);
        assertThat(Codec.ofStreamType("application/connect+json")).hasValue(Codec.JSON);
        assertThat(Codec.ofStreamType("application/connect+proto")).hasValue(Codec.BINARY);
        for (var other : new String[] {"", "application/grpc", "application/connect+json", "application/x-protobuf"}) {
            assertThat(Codec.ofUnaryType(other)).as(other).isEmpty();
        }
        assertThat(Codec.ofStreamType("application/json")).isEmpty();
    }

    @Test
    void a_request_has_the_same_bytes_as_a_go_clients() {
        var start = StartRequest.newBuilder()
                .setProcess(ProcessConfig.newBuilder()
                        .setCmd("/bin/sh")
                        .addArgs("-c")
                        .addArgs("ls")
                        .putEnvs("A", "1")
                        .setCwd("/x"))
                .setPty(PTY.newBuilder()
                        .setSize(PTY.Size.newBuilder().setCols(80).setRows(24)))
                .setTag("t")
                .setStdin(false)
                .build();
        var bytes = HexFormat.of()
                .parseHex(
                        "0a1d" // process, 29 bytes
                                + "0a07" + "2f62696e2f7368" // cmd
                                + "1202" + "2d63" + "1202" + "6c73" // args
                                + "1a06" + "0a0141" + "120131" // envs
                                + "2202" + "2f78" // cwd
                                + "1206" + "0a04" + "0850" + "1018" // pty, size
                                + "1a01" + "74" // tag
                                + "2000"); // stdin
        assertThat(Codec.BINARY.read(bytes, StartRequest.getDefaultInstance())).isEqualTo(start);
        assertThat(Codec.BINARY.write(start)).isEqualTo(bytes);
    }

    @Test
    void a_response_has_the_same_bytes_as_a_go_servers() {
        var end = StartResponse.newBuilder()
                .setEvent(ProcessEvent.newBuilder()
                        .setEnd(EndEvent.newBuilder()
                                .setExitCode(-1)
                                .setStatus("signal: killed")
                                .setError("signal: killed")))
                .build();
        var text = "0e" + HexFormat.of().formatHex("signal: killed".getBytes(UTF_8));
        assertThat(HexFormat.of().formatHex(Codec.BINARY.write(end)))
                .isEqualTo("0a24" + "1a22" + "0801" + "1a" + text + "22" + text);
    }

    @Test
    void json_has_names_in_camel_case_and_no_defaults() {
        assertThat(json(started(0))).isEqualTo("{\"event\":{\"start\":{}}}");
        assertThat(json(started(7))).isEqualTo("{\"event\":{\"start\":{\"pid\":7}}}");
        var entry = EntryInfo.newBuilder()
                .setName("n")
                .setType(FileType.FILE_TYPE_DIRECTORY)
                .setSize(12_345_678_901L)
                .setMode(0x8000_0000)
                .setModifiedTime(Timestamps.of(Instant.parse("2026-11-24T12:00:00.120Z")))
                .setSymlinkTarget("")
                .putMetadata("k", "")
                .build();
        assertThat(json(entry))
                .isEqualTo(
                        "{\"name\":\"n\",\"type\":\"FILE_TYPE_DIRECTORY\",\"size\":\"12345678901\",\"mode\":2147483648,"
                                + "\"modifiedTime\":\"2026-11-24T12:00:00.120Z\",\"symlinkTarget\":\"\",\"metadata\":{\"k\":\"\"}}");
        assertThat(json(SendSignalRequest.newBuilder().setSignalValue(1).build()))
                .isEqualTo("{\"signal\":1}");
        assertThat(json(ProcessInput.newBuilder()
                        .setStdin(ByteString.copyFromUtf8("hü"))
                        .build()))
                .isEqualTo("{\"stdin\":\"aMO8\"}");
    }

    private static StartResponse started(int pid) {
        return StartResponse.newBuilder()
                .setEvent(ProcessEvent.newBuilder()
                        .setStart(StartEvent.newBuilder().setPid(pid)))
                .build();
    }

    @Test
    void json_is_read_in_every_form_that_protobuf_allows() {
        var pid7 = ProcessSelector.newBuilder().setPid(7).build();
        for (var seven : new String[] {"7", "\"7\"", "7.0", "7e0", "0.7e1"}) {
            assertThat(read("{\"pid\":" + seven + "}", pid7)).as(seven).isEqualTo(pid7);
        }
        var all = ListDirRequest.newBuilder().setDepth(-1).build();
        assertThat(read("{\"depth\":4294967295}", all)).isEqualTo(all);
        var kill =
                SendSignalRequest.newBuilder().setSignal(Signal.SIGNAL_SIGKILL).build();
        for (var nine : new String[] {"9", "\"9\"", "\"SIGNAL_SIGKILL\""}) {
            assertThat(read("{\"signal\":" + nine + "}", kill)).as(nine).isEqualTo(kill);
        }
        var bytes = ProcessInput.newBuilder()
                .setPty(ByteString.copyFrom(new byte[] {-1, -17, -2, 0}))
                .build();
        for (var base64 : new String[] {"/+/+AA==", "/+/+AA", "_-_-AA==", "_-_-AA"}) {
            assertThat(read("{\"pty\":\"" + base64 + "\"}", bytes)).as(base64).isEqualTo(bytes);
        }
        var named = EntryInfo.newBuilder().setSymlinkTarget("/x").build();
        assertThat(read("{\"symlink_target\":\"/x\"}", named)).isEqualTo(named);
        var time = EntryInfo.newBuilder()
                .setModifiedTime(Timestamps.of(Instant.parse("2026-11-24T12:00:00.5Z")))
                .build();
        assertThat(read("{\"modifiedTime\":\"2026-11-24T13:00:00.500+01:00\"}", time))
                .isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " { } ",
                "{\"process\":null,\"pty\":null,\"tag\":null,\"stdin\":null}",
                "{\"later\":{\"tag\":[1,{}]},\"other\":null}",
            })
    void null_and_unknown_fields_are_absent(String json) {
        assertThat(read(json, StartRequest.getDefaultInstance())).isEqualTo(StartRequest.getDefaultInstance());
    }

    @Test
    void an_unknown_name_of_an_enum_is_the_default_and_an_unknown_number_is_kept() {
        var none = SendSignalRequest.getDefaultInstance();
        assertThat(read("{\"signal\":\"SIGNAL_LATER\"}", none)).isEqualTo(none);
        assertThat(read("{\"signal\":-9}", none).getSignalValue()).isEqualTo(-9);
    }

    @Test
    void only_one_field_of_a_oneof_may_be_set() {
        var tagged = ProcessSelector.newBuilder().setTag("t").build();
        assertThat(read("{\"pid\":null,\"tag\":\"t\"}", tagged)).isEqualTo(tagged);
        assertThatThrownBy(() -> read("{\"pid\":1,\"tag\":\"t\"}", tagged)).hasMessageContaining("/tag", "selector");
    }

    @Test
    void a_string_may_have_surrogate_pairs() {
        var tagged = StartRequest.newBuilder().setTag("\uD83D\uDE00").build();
        assertThat(read("{\"tag\":\"\\ud83d\\ude00\"}", tagged)).isEqualTo(tagged);
        assertThat(read("{\"tag\":\"\uD83D\uDE00\"}", tagged)).isEqualTo(tagged);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "{",
                "{} {}",
                "{\"process\":[]}",
                "{\"process\":\"x\"}",
                "{\"process\":{\"cmd\":7}}",
                "{\"process\":{\"cmd\":true}}",
                "{\"process\":{\"cmd\":{}}}",
                "{\"process\":{\"args\":\"x\"}}",
                "{\"process\":{\"args\":[null]}}",
                "{\"process\":{\"args\":[[\"x\"]]}}",
                "{\"process\":{\"envs\":[]}}",
                "{\"process\":{\"envs\":{\"A\":null}}}",
                "{\"process\":{\"envs\":{\"A\":1}}}",
                "{\"process\":{\"cmd\":\"\\ud800\"}}",
                "{\"process\":{\"cmd\":\"a\\udc00b\"}}",
                "{\"process\":{\"cmd\":\"\\ud83d\\ud83d\\ude00\"}}",
                "{\"process\":{\"envs\":{\"\\ud800\":\"\"}}}",
                "{\"stdin\":\"true\"}",
                "{\"stdin\":1}",
                "{\"pty\":{\"size\":{\"cols\":-1}}}",
                "{\"pty\":{\"size\":{\"cols\":4294967296}}}",
                "{\"pty\":{\"size\":{\"cols\":1.5}}}",
                "{\"pty\":{\"size\":{\"cols\":1e999999999}}}",
                "{\"pty\":{\"size\":{\"cols\":\"\"}}}",
                "{\"pty\":{\"size\":{\"cols\":\" 1\"}}}",
                "{\"pty\":{\"size\":{\"cols\":true}}}",
                "{\"pty\":{\"size\":{\"cols\":NaN}}}",
            })
    void a_malformed_message_is_refused(String json) {
        assertThatThrownBy(() -> read(json, StartRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        ConnectException.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.INVALID_ARGUMENT));
    }

    @Test
    void a_refusal_names_the_field_and_the_problem() {
        assertThatThrownBy(() -> read("{\"process\":{\"args\":[\"a\",null]}}", StartRequest.getDefaultInstance()))
                .hasMessage("the field /process/args/1 must not be null");
        assertThatThrownBy(() -> read("{\"stdin\":1}", StartRequest.getDefaultInstance()))
                .hasMessage("the field /stdin must be true or false");
        assertThatThrownBy(() -> read("{\"pty\":{\"size\":{\"cols\":-1}}}", StartRequest.getDefaultInstance()))
                .hasMessage("the field /pty/size/cols must be a whole number from 0 to 4294967295");
        assertThatThrownBy(() -> read("{\"stdin\":\"***\"}", ProcessInput.getDefaultInstance()))
                .hasMessage("the field /stdin must be base64");
    }

    @Test
    void deep_nesting_and_long_numbers_are_refused_quickly() {
        var nothing = StartRequest.getDefaultInstance();
        for (var json : new String[] {
            "{\"later\":" + "[".repeat(100_000),
            "{\"pty\":{\"size\":{\"cols\":" + "9".repeat(5_000_000) + "}}}",
            "{\"pty\":{\"size\":{\"cols\":\"" + "9".repeat(5_000_000) + "\"}}}",
            "{\"process\":{\"envs\":{\"" + "x".repeat(40_000) + "\":1}}}"
        }) {
            assertThatThrownBy(() -> read(json, nothing))
                    .isInstanceOf(ConnectException.class)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
        }
        var deep = new byte[2000];
        Arrays.fill(deep, (byte) 0x0b); // begins a group within a group
        assertThatThrownBy(() -> Codec.BINARY.read(deep, nothing)).isInstanceOf(ConnectException.class);
    }

    @Test
    void unknown_binary_fields_cost_no_memory() {
        var unknown = new byte[1 << 20];
        for (int i = 0; i < unknown.length; i += 2) {
            unknown[i] = 0x78;
        }
        var read = Codec.BINARY.read(unknown, StartRequest.getDefaultInstance());
        assertThat(read).isEqualTo(StartRequest.getDefaultInstance());
        assertThat(read.getUnknownFields().asMap()).isEmpty();
    }

    private static String json(Message message) {
        return new String(Codec.JSON.write(message), UTF_8);
    }

    private static <M extends Message> M read(String json, M prototype) {
        return Codec.JSON.read(json.getBytes(UTF_8), prototype);
    }
}
