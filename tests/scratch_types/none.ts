import { Configurator, html, route } from "@pyramidion/pyramidion";
interface Data { user: string }
const config = new Configurator<Data>();
// 1
// 2
// 3
