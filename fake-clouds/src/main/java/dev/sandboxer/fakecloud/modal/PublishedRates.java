package dev.sandboxer.fakecloud.modal;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.protocol.modal.ClientProto.WorkspaceBillingRatesResponse;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Answers calls for prices with the built-in rate card for Modal, per unit and hour. The names that Modal itself uses for the rates are not
 * known.
 */
final class PublishedRates implements ServerInterceptor {
    private static final ExtensionId MODAL = new ExtensionId("ext.modal");
    private static final BigDecimal HOUR = new BigDecimal(3600);

    private final RateCards cards;
    private final InstantSource clock;

    PublishedRates(RateCards cards, InstantSource clock) {
        this.cards = cards;
        this.clock = clock;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!call.getMethodDescriptor().getFullMethodName().endsWith("/WorkspaceBillingRates")) {
            return next.startCall(call, headers);
        }
        var rates =
                cards.find(MODAL, clock.instant()).map(PublishedRates::hourly).orElseGet(Map::of);
        var answer = WorkspaceBillingRatesResponse.newBuilder().putAllRates(rates);
        return ReplacedCall.start(
                call, it -> ReplacedCall.succeed(it, answer.build().toByteArray()));
    }

    private static Map<String, String> hourly(RateCard card) {
        var all = new TreeMap<String, String>();
        all.put("cpu", hourly(card.cpuSecond()));
        all.put("memory", hourly(card.memoryGiBSecond()));
        card.gpuSecond().forEach((type, price) -> all.put("gpu_" + type.toLowerCase(Locale.ROOT), hourly(price)));
        return all;
    }

    private static String hourly(BigDecimal second) {
        return second.multiply(HOUR).stripTrailingZeros().toPlainString();
    }
}
