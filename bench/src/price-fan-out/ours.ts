/* The cloud with connected terminals, and prices that change. */
import { runPriceFanOut, type PriceFanOutSize } from "../../../simulation/src/price-fan-out/run.ts";
import { done, input, tell } from "../processes/worker.ts";

await tell(await runPriceFanOut(input<PriceFanOutSize>(), (line) => console.error(line)));
done();
