import { openEngine } from './engines.ts'
import { spawnGateway } from '../kit/gateway.ts'
import { writeFileSync } from 'node:fs'
const g=await spawnGateway({LOG_LEVEL:'error'}); const p=await openEngine(process.argv[2]!)
try{ await p.goto(g.url+'/qa.html'+(process.argv[3]||'')); await new Promise(r=>setTimeout(r,Number(process.argv[5]||3000)))
console.log(await p.evaluate(process.argv[4]||"[imQa.errors,[].map.call(document.scripts,function(s){return s.src}),document.querySelector('im-chat').outerHTML]"))
writeFileSync('/tmp/look.png',await p.screenshot())
console.log(g.output().slice(-500))
}finally{await p.close();await g.stop()}
